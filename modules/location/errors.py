"""What a user can do wrong with places and facilities."""

from core import ErrorCode

WRONG_LEVEL = ErrorCode(
    "WRONG_LEVEL",
    en="{name} is a {level}; a {wanted} is needed here. Choose a {wanted}.",
    sw="{name} ni {level}; hapa inahitajika {wanted}. Chagua {wanted}.",
    fr="{name} est de niveau {level} ; il faut ici {wanted}. Choisissez un lieu de niveau {wanted}.",
)
REGION_HAS_NO_PARENT = ErrorCode(
    "REGION_HAS_NO_PARENT",
    en="A region lies in no other place. Leave the parent out.",
    sw="Mkoa hauko ndani ya eneo jingine. Usiweke eneo la juu.",
    fr="Une région n'appartient à aucun autre lieu. N'indiquez pas de lieu parent.",
)
LOCATION_HAS_CHILDREN = ErrorCode(
    "LOCATION_HAS_CHILDREN",
    en="{name} still has places in it. Name the place that takes them over, or delete them first.",
    sw="{name} bado ina maeneo ndani yake. Taja eneo litakaloyapokea, au yafute kwanza.",
    fr="{name} contient encore des lieux. Indiquez le lieu qui les reprend, ou supprimez-les d'abord.",
)
LOCATION_IN_USE = ErrorCode(
    "LOCATION_IN_USE",
    en="{name} is still in use: {things} belong to it. Move them first.",
    sw="{name} bado inatumika na: {things}. Vihamishe kwanza.",
    fr="{name} est encore utilisé par : {things}. Déplacez-les d'abord.",
)
LOCATION_IN_ITSELF = ErrorCode(
    "LOCATION_IN_ITSELF",
    en="{name} lies in the place that is to move. Choose a place outside of it.",
    sw="{name} iko ndani ya eneo linalohamishwa. Chagua eneo lililo nje yake.",
    fr="{name} se trouve dans le lieu à déplacer. Choisissez un lieu en dehors.",
)
LEVEL_IN_USE = ErrorCode(
    "LEVEL_IN_USE",
    en="{name} would become a {level}, but {things} belong to it as a {now}. Move them to another {now} first.",
    sw="{name} ingekuwa {level}, lakini kama {now} inatumika na: {things}. Vihamishie kwanza kwenye {now} nyingine.",
    fr="{name} deviendrait {level}, mais comme {now} sert à : {things}. Déplacez-les d'abord vers un autre {now}.",
)
LEVEL_HAS_CODE = ErrorCode(
    "LEVEL_HAS_CODE",
    en="{name} would become a {level}, and another {level} has its code {taken}. Change one of the codes first.",
    sw="{name} ingekuwa {level}, na {level} nyingine ina msimbo wake {taken}. Badilisha kwanza msimbo mmoja.",
    fr="{name} deviendrait {level}, et un autre {level} a son code {taken}. Changez d'abord l'un des codes.",
)
FACILITY_IN_USE = ErrorCode(
    "FACILITY_IN_USE",
    en="{name} has records and cannot be deleted. Set its status to DELISTED instead.",
    sw="{name} ina kumbukumbu na haiwezi kufutwa. Badala yake weka hali DELISTED.",
    fr="{name} a des dossiers et ne peut pas être supprimé. Mettez plutôt son statut à DELISTED.",
)
CONTRACT_INCOMPLETE = ErrorCode(
    "CONTRACT_INCOMPLETE",
    en="A contract has a first and a last day. Give both dates.",
    sw="Mkataba una siku ya kwanza na ya mwisho. Weka tarehe zote mbili.",
    fr="Un contrat a un premier et un dernier jour. Donnez les deux dates.",
)
PERCENT_OUT_OF_RANGE = ErrorCode(
    "PERCENT_OUT_OF_RANGE",
    en="{value} per cent is not possible. Enter a number above 0 and up to 100.",
    sw="Asilimia {value} haiwezekani. Weka namba zaidi ya 0 hadi 100.",
    fr="{value} pour cent est impossible. Saisissez un nombre supérieur à 0 et jusqu'à 100.",
)
NAMED_TWICE = ErrorCode(
    "NAMED_TWICE",
    en="This stands in the list twice. Leave one out.",
    sw="Hii imetajwa mara mbili kwenye orodha. Ondoa moja.",
    fr="Ceci figure deux fois dans la liste. Retirez-en un.",
)

ALL = (
    WRONG_LEVEL, REGION_HAS_NO_PARENT, LOCATION_HAS_CHILDREN, LOCATION_IN_USE, LOCATION_IN_ITSELF, LEVEL_IN_USE,
    LEVEL_HAS_CODE, FACILITY_IN_USE, CONTRACT_INCOMPLETE, PERCENT_OUT_OF_RANGE, NAMED_TWICE,
)  # fmt: skip
