"""What a user can do wrong with the medical registers and price lists."""

from core import ErrorCode

ITEM_OR_SERVICE = ErrorCode(
    "ITEM_OR_SERVICE",
    en="Name one item or one service here, by its id or by its code.",
    sw="Taja kifaa kimoja au huduma moja hapa, kwa kitambulisho au kwa msimbo.",
    fr="Indiquez ici un article ou un service, par son identifiant ou par son code.",
)
LIST_OF_OTHER_KIND = ErrorCode(
    "LIST_OF_OTHER_KIND",
    en="{name} is a price list of another kind. Use it for {kind} only.",
    sw="{name} ni orodha ya bei ya aina nyingine. Itumie kwa {kind} pekee.",
    fr="{name} est une liste de prix d'un autre type. Ne l'utilisez que pour {kind}.",
)
LIST_IN_USE = ErrorCode(
    "PRICE_LIST_IN_USE",
    en="{count} health facilities are paid by {name}. Give them another price list first.",
    sw="Vituo {count} vinalipwa kwa {name}. Vipe kwanza orodha nyingine ya bei.",
    fr="{count} établissements sont payés selon {name}. Donnez-leur d'abord une autre liste de prix.",
)
LIST_NOT_HERE = ErrorCode(
    "PRICE_LIST_NOT_HERE",
    en="{name} is not meant for where the facility is. Choose a list of its district, its region or the nation.",
    sw="{name} si ya eneo la kituo hiki. Chagua orodha ya wilaya yake, mkoa wake au ya taifa.",
    fr="{name} n'est pas destinée à cet établissement. Choisissez-en une de son district, de sa région ou nationale.",
)
PART_OF_ITSELF = ErrorCode(
    "PART_OF_ITSELF",
    en="A service cannot be a part of itself. Choose another service.",
    sw="Huduma haiwezi kuwa sehemu yake yenyewe. Chagua huduma nyingine.",
    fr="Un service ne peut pas faire partie de lui-même. Choisissez un autre service.",
)

ALL = (ITEM_OR_SERVICE, LIST_OF_OTHER_KIND, LIST_IN_USE, LIST_NOT_HERE, PART_OF_ITSELF)
