"""Columns about persons, recognised by name and by value, so that they are dropped at the door."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.ingest.columns import as_text
from ilpgeo.ingest.names import vocabulary, words_of
from ilpgeo.ingest.readers import RawTable

_ALWAYS = {
    "birth or age": "dob birth birthdate birthday birthplace nacimiento geburtsdatum geburtstag naissance edad alter",
    "name": "surname forename forenames firstname lastname middlename fullname givenname maiden nickname alias "
    "nombre nombres apellido apellidos vorname nachname prenom",
    "ethnicity or origin": "ethnicity ethnic race races nationality citizenship religion raza etnia",
    "sex or gender": "sex gender sexo genero geschlecht sexe pronouns",
    "contact": "phone telephone phonenumber cellphone mobile email mail telefono telefon fax contact",
    "identity number": "ssn nino passport cedula dni badge biometric fingerprint dna imei",
    "vehicle of a person": "plate plates numberplate vin vrm vrn kennzeichen matricula",
    "description of a person": "hair eyes tattoo tattoos complexion disability marital occupation height build",
    "free text that may name persons": "narrative notes comment comments remarks statement",
}
_PERSONS = vocabulary(
    "victim victims suspect suspects offender offenders complainant complainants witness witnesses accused arrestee "
    "driver drivers owner owners officer officers perpetrator perpetrators perp vic susp caller informant person "
    "persons defendant defendants juvenile resident tenant employee"
)
_COUNTS = vocabulary("count counts total n number num no killed injured")
_OFFENCES = vocabulary("offence offences offense offenses crime crimes type category group class")
_NAME_PARTS = vocabulary("first last middle full given family legal birth")
_HOMES = vocabulary("home residence residential mailing billing postal")
_IDENTITIES = vocabulary("national insurance social personal identity citizen driving drivers driver tax")
_NUMBERS = vocabulary("id number no num nr card licence license code")
_AGE_WORDS = vocabulary("age ages group range band bracket years year at of in min max")
_PLATE_WORDS = vocabulary("registration reg licence license")
_VALUES = (
    ("e-mail addresses", r"^\s*[\w.+-]+@[\w-]+\.[\w.-]+\s*$", 0.2),
    ("telephone numbers", r"^\s*(\+\d{1,3}[ .-]?[\d ().-]{7,14}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|0\d{2,4} \d{3,4} ?\d{3,4})\s*$", 0.8),  # noqa: E501
    ("social security numbers", r"^\s*\d{3}-\d{2}-\d{4}\s*$", 0.8),
    ("national insurance numbers", r"^\s*[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\s*$", 0.8),
    ("number plates", r"^\s*[A-Z]{2}\d{2} ?[A-Z]{3}\s*$", 0.8),
    ("names of persons", r"^\s*[A-Z][A-Za-z'-]+, ?[A-Z][a-z]+( [A-Z]\.?)?\s*$", 0.8),
)  # fmt: skip
_SMALLEST_SAMPLE = 5


def personal_columns(table: RawTable) -> dict[str, str]:
    """Return the columns of a file that describe persons, with what each is thought to hold."""
    found = {name: reason for name in table.columns if (reason := personal_name(name))}
    rest = [name for name in table.columns if name not in found]
    if rest:
        sample = table.head(rest)
        found |= {name: reason for name in rest if (reason := personal_values(sample.column(name)))}
    return {name: found[name] for name in table.columns if name in found}


def personal_name(name: str) -> str:
    """Return what about persons a column of this name holds, empty if nothing.

    >>> personal_name("VictimAge"), personal_name("LSOA name"), personal_name("Case Number")
    ('persons', '', '')
    """
    words = words_of(name)
    said = frozenset(words)
    if not said:
        return ""
    if said & _PERSONS and not (said & _COUNTS and not said & {"id"} and not _numbers_a_person(words)):
        return "persons"
    for reason, words_said in _ALWAYS.items():
        if said & vocabulary(words_said) and not (reason == "sex or gender" and said & _OFFENCES):
            return reason
    if "name" in said and (said == {"name"} or said & _NAME_PARTS):
        return "name"
    if said & {"age", "ages"} and said <= _AGE_WORDS:
        return "birth or age"
    if "address" in said and said & _HOMES:
        return "address of a person"
    if (said & _IDENTITIES and said & _NUMBERS) or {"social", "security"} <= said:
        return "identity number"
    if said & _PLATE_WORDS and said & {"number", "no", "vehicle", "car"} and "type" not in said:
        return "vehicle of a person"
    return ""


def personal_values(column: pa.Array) -> str:
    """Return what about persons the values of a column look like, empty if nothing."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
            or pa.types.is_dictionary(column.type)):  # fmt: skip
        return ""
    text = as_text(column).drop_null()
    if len(text) < _SMALLEST_SAMPLE:
        return ""
    for reason, pattern, share in _VALUES:
        alike = pc.sum(pc.match_substring_regex(text, pattern)).as_py() or 0
        if alike >= share * len(text):
            return reason
    return ""


def _numbers_a_person(words: tuple[str, ...]) -> bool:
    """True for ``victim number`` (which one), false for ``number of victims`` (how many)."""
    return words[-1] in {"number", "num", "no"}
