"""What a user can do wrong with contributions, payers and fundings."""

from core import ErrorCode

RECEIPT_TAKEN = ErrorCode(
    "RECEIPT_TAKEN",
    en="Receipt {receipt} is recorded for this product already. Check the number on the receipt.",
    sw="Risiti {receipt} tayari imerekodiwa kwa bidhaa hii. Hakiki namba kwenye risiti.",
    fr="Le reçu {receipt} est déjà enregistré pour ce produit. Vérifiez le numéro sur le reçu.",
)
OVERPAID = ErrorCode(
    "OVERPAID",
    en="This is {excess} more than was left to pay. Correct the amount, or accept the overpayment.",
    sw="Hii imezidi kiasi kilichobaki kwa {excess}. Rekebisha kiasi, au kubali malipo ya ziada.",
    fr="C'est {excess} de plus que le reste à payer. Corrigez le montant ou acceptez le trop-perçu.",
)
PAYMENT_BACKDATED = ErrorCode(
    "PAYMENT_BACKDATED",
    en="{date} is more than {days} days ago. Enter a later date, or ask somebody who may backdate.",
    sw="{date} ni zaidi ya siku {days} zilizopita. Weka tarehe ya karibuni, au mwombe mwenye ruhusa.",
    fr="{date} remonte à plus de {days} jours. Saisissez une date plus récente ou adressez-vous à qui peut antidater.",
)
CONTRIBUTION_VOIDED = ErrorCode(
    "CONTRIBUTION_VOIDED",
    en="This contribution was voided. Record a new one.",
    sw="Mchango huu umebatilishwa. Rekodi mchango mpya.",
    fr="Cette cotisation a été annulée. Enregistrez-en une nouvelle.",
)
VOID_REASON_MISSING = ErrorCode(
    "VOID_REASON_MISSING",
    en="Say why the contribution is void.",
    sw="Eleza kwa nini mchango unabatilishwa.",
    fr="Dites pourquoi la cotisation est annulée.",
)
CONTRIBUTION_RECONCILED = ErrorCode(
    "CONTRIBUTION_RECONCILED",
    en="This money was reconciled already, so it stays as it is. Ask the accountant for a correction.",
    sw="Fedha hizi tayari zimesuluhishwa, hivyo hazibadilishwi. Mwombe mhasibu afanye marekebisho.",
    fr="Cet argent est déjà rapproché : il reste tel quel. Demandez une correction au comptable.",
)
CONTRIBUTION_USED = ErrorCode(
    "CONTRIBUTION_USED",
    en="Claims used the cover that this contribution bought, so it stays as it is.",
    sw="Madai yametumia bima iliyolipiwa na mchango huu, hivyo haubadilishwi.",
    fr="Des réclamations ont utilisé la couverture payée par cette cotisation : elle reste telle quelle.",
)
PAYER_IN_USE = ErrorCode(
    "PAYER_IN_USE",
    en="{name} paid contributions or fundings and cannot be removed.",
    sw="{name} amelipa michango au ufadhili na hawezi kuondolewa.",
    fr="{name} a payé des cotisations ou des financements et ne peut pas être supprimé.",
)
PAYER_NOT_HERE = ErrorCode(
    "PAYER_NOT_HERE",
    en="{payer} does not pay where {product} is sold. Choose a payer of its region or district.",
    sw="{payer} halipi mahali bidhaa {product} inapouzwa. Chagua mlipaji wa mkoa au wilaya yake.",
    fr="{payer} ne paie pas là où {product} est vendu. Choisissez un payeur de sa région ou de son district.",
)
NO_INSTALMENT_LEFT = ErrorCode(
    "NO_INSTALMENT_LEFT",
    en="This policy is paid in {most} payments at most. Correct one of them to what was paid, or enforce the policy.",
    sw="Bima hii hulipwa kwa malipo yasiyozidi {most}. Rekebisha mojawapo kufuata kilicholipwa, au lazimisha bima.",
    fr="Cette police se paie en {most} versements au plus. Corrigez l'un d'eux selon le montant versé, ou forcez-la.",
)

PROBLEMS = {
    "VOID_REASON_MISSING": VOID_REASON_MISSING,
    "CONTRIBUTION_RECONCILED": CONTRIBUTION_RECONCILED,
    "CONTRIBUTION_USED": CONTRIBUTION_USED,
}
"""The user error of each answer of `rules.void_problem`."""

ALL = (
    RECEIPT_TAKEN, OVERPAID, PAYMENT_BACKDATED, CONTRIBUTION_VOIDED, VOID_REASON_MISSING, CONTRIBUTION_RECONCILED,
    CONTRIBUTION_USED, PAYER_IN_USE, PAYER_NOT_HERE, NO_INSTALMENT_LEFT,
)  # fmt: skip
