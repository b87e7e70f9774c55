"""What users can mend."""

from core import ErrorCode

SOLD = ErrorCode(
    "VOUCHER_SOLD",
    en="Voucher {number} was sold before. Compare the number with the paper, or take another voucher.",
    sw="Vocha {number} imeshauzwa. Linganisha namba na karatasi, au chukua vocha nyingine.",
    fr="Le chèque {number} a déjà été vendu. Comparez le numéro avec le papier, ou prenez un autre chèque.",
)
NOT_HEAD = ErrorCode(
    "VOUCHER_NOT_HEAD",
    en="A voucher is for one woman and her newborn. Register her as the head of a household of her own first.",
    sw="Vocha ni ya mwanamke mmoja na mtoto wake mchanga. Kwanza msajili kama mkuu wa kaya yake mwenyewe.",
    fr="Un chèque est pour une femme et son nouveau-né. Enregistrez-la d'abord comme chef d'un ménage à elle.",
)
NO_PRODUCT = ErrorCode(
    "VOUCHER_PRODUCT",
    en="There is no product {product}, which vouchers buy. Create it, or name another one in [cheque_sante].",
    sw="Hakuna bidhaa {product}, inayonunuliwa kwa vocha. Itengeneze, au taja nyingine katika [cheque_sante].",
    fr="Il n'y a pas de produit {product} pour les chèques. Créez-le, ou nommez-en un autre dans [cheque_sante].",
)
ALL = (SOLD, NOT_HEAD, NO_PRODUCT)
