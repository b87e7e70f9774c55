"""What a user can do wrong with batch runs, statements and payments."""

from core import ErrorCode

ALREADY_RUN = ErrorCode(
    "ALREADY_RUN",
    en="The batch of {month}/{year} was run for this place already. Undo that run first.",
    sw="Malipo ya {month}/{year} ya eneo hili tayari yameandaliwa. Tengua maandalizi hayo kwanza.",
    fr="Le lot de {month}/{year} a déjà été exécuté pour ce lieu. Annulez d'abord cette exécution.",
)
MONTH_NOT_OVER = ErrorCode(
    "MONTH_NOT_OVER",
    en="{month}/{year} is not over. Run its batch from {earliest} on; until then a preview shows what is due.",
    sw="{month}/{year} haujaisha. Andaa malipo yake kuanzia {earliest}; kwa sasa angalia onyesho la awali.",
    fr="{month}/{year} n'est pas terminé. Exécutez son lot à partir du {earliest}; d'ici là, consultez l'aperçu.",
)
NO_SUCH_MONTH = ErrorCode(
    "NO_SUCH_MONTH",
    en="There is no month {month}/{year}. Enter a month from 1 to 12 and the year in four digits.",
    sw="Hakuna mwezi {month}/{year}. Weka mwezi kuanzia 1 hadi 12 na mwaka kwa tarakimu nne.",
    fr="Il n'y a pas de mois {month}/{year}. Saisissez un mois de 1 à 12 et l'année en quatre chiffres.",
)
SAME_ACCOUNT = ErrorCode(
    "SAME_ACCOUNT",
    en="You ran this batch yourself. Ask a colleague to confirm it.",
    sw="Wewe ndiye uliyeandaa malipo haya. Mwombe mwenzako ayathibitishe.",
    fr="Vous avez exécuté ce lot vous-même. Demandez à un collègue de le confirmer.",
)
PAYMENTS_RECORDED = ErrorCode(
    "PAYMENTS_RECORDED",
    en="Facilities were paid from this batch run, so it stays. Record an adjustment of the claim instead.",
    sw="Vituo vimeshalipwa kutokana na maandalizi haya, hivyo hayatenguliwi. Rekodi marekebisho ya dai badala yake.",
    fr="Des établissements ont été payés sur ce lot : il reste. Saisissez plutôt un ajustement de la réclamation.",
)
RUN_NOT_CONFIRMED = ErrorCode(
    "RUN_NOT_CONFIRMED",
    en="The batch run of this statement is not confirmed. Have it confirmed before you pay.",
    sw="Maandalizi ya malipo ya taarifa hii hayajathibitishwa. Yathibitishwe kabla ya kulipa.",
    fr="Le lot de ce relevé n'est pas confirmé. Faites-le confirmer avant de payer.",
)
STATEMENT_PAID = ErrorCode(
    "STATEMENT_PAID",
    en="This statement is paid in full. Check which statement the payment belongs to.",
    sw="Taarifa hii imelipwa yote. Hakiki malipo haya ni ya taarifa ipi.",
    fr="Ce relevé est entièrement payé. Vérifiez à quel relevé se rapporte le paiement.",
)
MORE_THAN_DUE = ErrorCode(
    "MORE_THAN_DUE",
    en="Only {left} is left to pay of this statement. Correct the amount.",
    sw="Kiasi kilichobaki kulipwa kwenye taarifa hii ni {left} tu. Rekebisha kiasi.",
    fr="Il ne reste que {left} à payer sur ce relevé. Corrigez le montant.",
)
CLAIM_NOT_PAID = ErrorCode(
    "CLAIM_NOT_PAID",
    en="This claim was not paid, so there is nothing to adjust. Undo its batch run to correct it.",
    sw="Dai hili halijalipwa, hivyo hakuna cha kurekebisha. Tengua maandalizi yake ya malipo ili kulisahihisha.",
    fr="Cette réclamation n'est pas payée : il n'y a rien à ajuster. Annulez son lot pour la corriger.",
)

ALL = (
    ALREADY_RUN, MONTH_NOT_OVER, NO_SUCH_MONTH, SAME_ACCOUNT, PAYMENTS_RECORDED, RUN_NOT_CONFIRMED, STATEMENT_PAID,
    MORE_THAN_DUE, CLAIM_NOT_PAID,
)  # fmt: skip
