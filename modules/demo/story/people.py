"""The people of the story, where they live, what they are insured by, and where they are cared for."""

from typing import Any

VILLAGE, OFFICER = "2530702", "E00001"
PRODUCT, BASIC = "CHF25", "CHF25B"
DISPENSARY, HOSPITAL = "253-D1", "253-H1"

PARENT, CHILD, SPOUSE = "2", "4", "8"
"""Relations to the head of a family."""


def person(
    number: str, last_name: str, other_names: str, born: str, gender: str, relation: str | None = None
) -> dict[str, Any]:
    """Somebody to register; the head of a family has no relation."""
    values = {
        "insuranceNumber": number,
        "lastName": last_name,
        "otherNames": other_names,
        "birthDate": born,
        "genderCode": gender,
    }
    return values if relation is None else values | {"relationCode": relation}


MASSAWE = person("070707070", "Massawe", "Elia", "1986-04-12", "M")
MASSAWES = [
    person("070707081", "Massawe", "Upendo", "1989-09-30", "F", SPOUSE),
    person("070707092", "Massawe", "Asha", "2016-02-03", "F", CHILD),
    person("070707103", "Massawe", "Baraka", "2018-11-21", "M", CHILD),
    person("070707114", "Massawe", "Furaha", "2021-06-15", "F", CHILD),
]
"""A family that pays at once."""
NEWBORN = person("070707206", "Massawe", "Tumaini", "$today", "F", CHILD)

MLAY = person("070707125", "Mlay", "Josephine", "1979-03-08", "F")
MLAYS = [
    person("070707136", "Mlay", "Daudi", "2010-07-19", "M", CHILD),
    person("070707140", "Mlay", "Rose", "2014-12-02", "F", CHILD),
]
"""A family that pays in two parts."""

TEMBA = person("070707151", "Temba", "Anold", "1984-01-25", "M")
TEMBAS = [
    person("070707162", "Temba", "Mary", "1987-05-17", "F", SPOUSE),
    person("070707173", "Temba", "Neema", "2012-08-09", "F", CHILD),
    person("070707184", "Temba", "Isaya", "2015-10-28", "M", CHILD),
]
"""A family with the cheaper product, since a year."""
GRANDMOTHER = person("070707195", "Temba", "Eliakunda", "1952-06-30", "F", PARENT)

ASHA, BARAKA = "070707092", "070707103"
JOSEPHINE, ISAYA, ELIAKUNDA = "070707125", "070707184", "070707195"
"""The insurance numbers of those who come to a health facility."""
