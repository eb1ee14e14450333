// A wall that looks after itself: it asks what to show, turns the slides, and says so when nobody answers.
"use strict";

(() => {
  const LOOK_MS = 4000;
  const PATIENCE_MS = 20000; // how long an answer may take: a change is drawn first
  const QUIET_MS = 9000; // without contact for so long, the wall says so

  const stage = document.getElementById("stage");
  const turn = document.getElementById("turn");
  const foot = document.getElementById("foot");
  const origin = document.getElementById("origin");
  const contact = document.getElementById("contact");
  const build = document.documentElement.dataset.build;
  const room = new URLSearchParams(location.search).get("room") || "";

  let stamp = "";
  let seconds = [];
  let shown = 0;
  let turning = 0;
  let answered = Date.now();

  function clock(moment) {
    return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  function say() {
    const isQuiet = Date.now() - answered > QUIET_MS;
    const words = isQuiet ? `No contact since ${clock(answered)}` : `Checked ${clock(answered)}`;
    if (contact.textContent !== words) contact.textContent = words;
    document.body.classList.toggle("quiet", isQuiet);
  }

  function show(at) {
    clearTimeout(turning);
    shown = at < seconds.length ? at : 0;
    for (const [number, slide] of [...stage.children].entries()) slide.classList.toggle("on", number === shown);
    for (const [number, mark] of [...turn.children].entries()) mark.classList.toggle("on", number === shown);
    if (seconds.length > 1) turning = setTimeout(() => show(shown + 1), 1000 * seconds[shown]);
  }

  function take(content) {
    if (content.build !== build) {
      location.reload();
      return;
    }
    // every word of it was escaped where it was made, and the page's policy runs no script that came with it
    stage.innerHTML = content.slides.map((slide) => slide.html).join("");
    seconds = content.slides.map((slide) => slide.seconds);
    turn.replaceChildren(...(seconds.length > 1 ? seconds.map(() => document.createElement("i")) : []));
    foot.innerHTML = content.foot;
    origin.textContent = content.origin;
    document.title = content.room ? `${content.room} \u2013 briefing room` : "Briefing room";
    show(shown);
  }

  async function look() {
    const patience = new AbortController();
    const waiting = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const headers = stamp ? { "If-None-Match": `"${stamp}"` } : {};
      const address = `display/now?room=${encodeURIComponent(room)}`;
      const answer = await fetch(address, { headers, cache: "no-store", signal: patience.signal });
      if (answer.status === 200) {
        const next = (answer.headers.get("etag") || "").replaceAll('"', "");
        take(await answer.json());
        stamp = next;
        answered = Date.now();
      } else if (answer.status === 304) {
        answered = Date.now();
      }
    } catch {
      // nobody answers: the picture stays, and the foot says since when
    } finally {
      clearTimeout(waiting);
    }
    say();
    setTimeout(look, LOOK_MS);
  }

  look();
})();
