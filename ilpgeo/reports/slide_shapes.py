"""What a slide is made of: words in boxes, a table, and drawings as native shapes, gathered in one group."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ilpgeo.reports.drawing import INK, MUTED, Drawing, Ink, Label, Shape
from ilpgeo.reports.text import plain

FONT = "Arial"  # the one face that every office program has, or has a twin of
_EMU = 36000
_EMU_PER_PT = 12700
BEFORE_PT = 2.0  # above each paragraph
SMALL_PT, BESIDE_MM = 9.5, 3.5  # of a column in smaller letters; between columns
_ANCHORS = {"start": "l", "middle": "ctr", "end": "r"}
_BEFORE = f'<a:spcBef><a:spcPts val="{round(100 * BEFORE_PT)}"/></a:spcBef>'
_SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    size_pt: float = 12.0
    colour: str = INK
    is_bold: bool = False
    anchor: str = "start"

    def saying(self, text: str) -> Words:
        """Return a paragraph that looks the same and says something else."""
        return replace(self, text=text)


class Slide:
    """One slide; places are in millimetres from its upper left corner."""

    def __init__(self, slide: Any) -> None:
        self._slide, self._tree = slide, slide.shapes._spTree
        self._n_ids = max(int(each) for each in self._tree.xpath(".//p:cNvPr/@id"))

    def title(self, text: str, x: float, y: float, width: float, height: float, size_pt: float) -> None:
        """Set the slide's title, which outlines and screen readers find; a long one is set smaller."""
        from pptx.util import Mm

        holder = self._slide.shapes.title
        holder.left, holder.top, holder.width, holder.height = Mm(x), Mm(y), Mm(width), Mm(height)
        size = size_pt if len(text) <= 80 else size_pt * 0.75 if len(text) <= 130 else size_pt * 0.6
        text = _xml(_body([Words(text if len(text) <= 240 else f"{text[:239]}\u2026", size, is_bold=True)], "b"))
        old = holder._element.find("{http://schemas.openxmlformats.org/presentationml/2006/main}txBody")
        old.getparent().replace(old, text)

    def put(self, x: float, y: float, width: float, height: float, paragraphs: Sequence[Words]) -> None:
        """Set paragraphs in a box; what does not fit is set smaller."""
        self._n_ids += 1
        frame = f'<a:off x="{_emu(x)}" y="{_emu(y)}"/><a:ext cx="{_emu(width)}" cy="{_emu(height)}"/>'
        self._tree.append(
            _xml(
                f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{self._n_ids}" name="Text {self._n_ids}"/>'
                f'<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>{frame}</a:xfrm><a:prstGeom prst="rect">'
                f"<a:avLst/></a:prstGeom><a:noFill/></p:spPr>{_body(paragraphs, 't')}</p:sp>"
            )
        )

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], x: float, y: float,
        row_mm: float, *, head_mm: float = 0.0, size_pt: float = 11.5, numbers: Container[int] = (), bold: int = -1,
        small: int = -1,
    ) -> None:  # fmt: skip
        """Set a table without boxes: a line under each row.

        Parameters
        ----------
        head_mm
            How high the row of heads is, where it is not as high as the others.
        numbers
            The columns that hold numbers, which stand on the right.
        bold
            The column in bold; -1 for none.
        small
            The column in smaller letters, muted; -1 for none.
        """
        from pptx.util import Mm

        frame = self._slide.shapes.add_table(
            len(rows) + 1, len(heads), Mm(x), Mm(y), Mm(sum(widths)), Mm(row_mm * (len(rows) + 1))
        )
        self._n_ids = frame.shape_id
        table = frame.table
        properties = table._tbl.tblPr
        for name in list(properties.attrib):
            del properties.attrib[name]
        properties.set("firstRow", "1")
        for child in list(properties):
            properties.remove(child)
        for column, width in enumerate(widths):
            table.columns[column].width = Mm(width)
        for at, row in enumerate([heads, *rows]):
            table.rows[at].height = Mm(row_mm if at or not head_mm else head_mm)
            for column, text in enumerate(row):
                anchor = "end" if column in numbers else "start"
                if at == 0:
                    paragraph = Words(text, max(10.0, size_pt - 2), MUTED, anchor=anchor)
                elif column == small:
                    paragraph = Words(text, SMALL_PT, MUTED, anchor=anchor)
                else:
                    paragraph = Words(text, size_pt, INK, column == bold, anchor)
                cell = table.cell(at, column)._tc
                for child in list(cell):
                    cell.remove(child)
                cell.append(_xml(f"<a:txBody {_SPACES}><a:bodyPr/><a:lstStyle/>{_paragraph(paragraph)}</a:txBody>"))
                cell.append(_xml(_cell_look(is_head=at == 0)))

    def draw(self, drawing: Drawing, x: float, y: float) -> None:
        """Put a drawing on the slide as one group of native shapes."""
        number = self._n_ids + 1
        parts = [
            _label(each, x, y, at) if isinstance(each, Label) else _shape(each, x, y, at)
            for at, each in enumerate(drawing.parts, start=number + 1)
        ]
        self._n_ids = number + len(parts)
        place = f'x="{_emu(x)}" y="{_emu(y)}"'
        size = f'cx="{_emu(drawing.width_mm)}" cy="{_emu(drawing.height_mm)}"'
        frame = f"<a:off {place}/><a:ext {size}/><a:chOff {place}/><a:chExt {size}/>"
        name = quoteattr(plain(drawing.title) or "Mark")
        self._tree.append(
            _xml(
                f'<p:grpSp {_SPACES}><p:nvGrpSpPr><p:cNvPr id="{number}" name={name} descr={name}/><p:cNvGrpSpPr/>'
                f"<p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>{frame}</a:xfrm></p:grpSpPr>{''.join(parts)}</p:grpSp>"
            )
        )


def _xml(text: str) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(text)


def _emu(mm: float) -> int:
    return round(mm * _EMU)


def _body(paragraphs: Sequence[Words], anchor: str) -> str:
    return (
        f'<p:txBody {_SPACES}><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}">'
        f"<a:normAutofit/></a:bodyPr><a:lstStyle/>{''.join(map(_paragraph, paragraphs))}</p:txBody>"
    )


def _paragraph(each: Words) -> str:
    bold = ' b="1"' if each.is_bold else ' b="0"'
    return (
        f'<a:p><a:pPr algn="{_ANCHORS[each.anchor]}" marL="0" indent="0">{_BEFORE}'
        f'<a:buNone/></a:pPr><a:r><a:rPr lang="en-GB" sz="{round(each.size_pt * 100)}"{bold}>{_solid(each.colour)}'
        f'<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/></a:rPr>'
        f"<a:t>{escape(plain(each.text))}</a:t></a:r></a:p>"
    )


def _solid(colour: str, opacity: float = 1.0) -> str:
    seen = f'<a:alpha val="{round(opacity * 100000)}"/>' if opacity < 1 else ""
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}">{seen}</a:srgbClr></a:solidFill>'


def _cell_look(*, is_head: bool) -> str:
    colour, width = (INK, 9525) if is_head else ("#e6e9ec", 6350)
    none = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
    return (
        f'<a:tcPr {_SPACES} marL="0" marR="{_emu(BESIDE_MM)}" marT="0" marB="0" anchor="ctr">{none}'
        f'<a:lnB w="{width}">{_solid(colour)}</a:lnB><a:noFill/></a:tcPr>'
    )


def _dress(ink: Ink, *, is_closed: bool) -> str:
    fill = _solid(ink.fill, ink.opacity) if ink.fill and is_closed else "<a:noFill/>"
    edge = (
        f'<a:ln w="{_emu(ink.width_mm)}">{_solid(ink.stroke)}<a:round/></a:ln>'
        if ink.stroke
        else "<a:ln><a:noFill/></a:ln>"
    )
    return fill + edge


def _shape(part: Shape, x: float, y: float, number: int) -> str:
    low = [min(float(ring[:, axis].min()) for ring in part.rings) for axis in (0, 1)]
    high = [max(float(ring[:, axis].max()) for ring in part.rings) for axis in (0, 1)]
    wide, tall = (max(1, _emu(high[axis] - low[axis])) for axis in (0, 1))
    steps = []
    for ring in part.rings:
        points = ((ring - low) * _EMU).round().astype(int).tolist()
        moves = [f'<a:pt x="{across}" y="{down}"/>' for across, down in points]
        steps.append(f"<a:moveTo>{moves[0]}</a:moveTo>" + "".join(f"<a:lnTo>{each}</a:lnTo>" for each in moves[1:]))
        steps.append("<a:close/>" if part.is_closed else "")
    fill = "" if part.is_closed else ' fill="none"'
    name = quoteattr(plain(part.name) or "Shape")
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={name}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="{_emu(x + low[0])}" y="{_emu(y + low[1])}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm><a:custGeom>'
        '<a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{wide}" h="{tall}"{fill}>{"".join(steps)}</a:path></a:pathLst></a:custGeom>'
        f"{_dress(part.ink, is_closed=part.is_closed)}</p:spPr></p:sp>"
    )


def _label(part: Label, x: float, y: float, number: int) -> str:
    wide, high = 80.0, part.size_pt * 0.45
    left = x + part.x - {"start": 0.0, "middle": wide / 2, "end": wide}[part.anchor]
    top = y + part.y - part.size_pt * 0.335
    paragraph = _paragraph(Words(part.text, part.size_pt, part.colour, part.is_bold, part.anchor)).replace(_BEFORE, "")
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Label"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        "<a:xfrm>"
        f'<a:off x="{_emu(left)}" y="{_emu(top)}"/><a:ext cx="{_emu(wide)}" cy="{_emu(high)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{paragraph}</p:txBody></p:sp>"
    )
