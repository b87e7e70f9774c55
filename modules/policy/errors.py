"""The user errors of policies."""

from core import ErrorCode

BACKDATED = ErrorCode(
    "BACKDATED",
    en="{date} is more than {days} days ago. Enter a later date, or ask somebody who may backdate.",
    sw="{date} ni zaidi ya siku {days} zilizopita. Weka tarehe ya karibuni, au mwombe mwenye ruhusa.",
    fr="{date} remonte à plus de {days} jours. Saisissez une date plus récente ou adressez-vous à qui peut antidater.",
)
PRICE_CHANGED = ErrorCode(
    "PRICE_CHANGED",
    en="You expected {expected}, but it is {actual} now. Tell the family and confirm with the new figure.",
    sw="Ulitarajia {expected}, lakini sasa ni {actual}. Ijulishe kaya kisha thibitisha kwa kiasi kipya.",
    fr="Vous attendiez {expected}, mais c'est {actual} maintenant. Informez la famille et confirmez le nouveau.",
)
PRODUCT_NOT_SOLD = ErrorCode(
    "PRODUCT_NOT_SOLD",
    en="{product} is not sold on {date}. Choose another product or date.",
    sw="{product} haiuzwi tarehe {date}. Chagua bidhaa au tarehe nyingine.",
    fr="{product} n'est pas vendu le {date}. Choisissez un autre produit ou une autre date.",
)
PRODUCT_NOT_HERE = ErrorCode(
    "PRODUCT_NOT_HERE",
    en="{product} is not sold where the family lives. Choose a product of its region or district.",
    sw="{product} haiuzwi mahali kaya inapoishi. Chagua bidhaa ya mkoa au wilaya yake.",
    fr="{product} n'est pas vendu là où vit la famille. Choisissez un produit de sa région ou de son district.",
)
FAMILY_EMPTY = ErrorCode(
    "FAMILY_EMPTY",
    en="The family has no members to insure. Add somebody first.",
    sw="Kaya haina wanachama wa kuwekewa bima. Ongeza mwanachama kwanza.",
    fr="La famille n'a aucun membre à assurer. Ajoutez d'abord quelqu'un.",
)
OFFICER_NOT_VALID = ErrorCode(
    "OFFICER_NOT_VALID",
    en="{officer} does not work as an enrolment officer on {date}. Choose another officer.",
    sw="{officer} si afisa uandikishaji tarehe {date}. Chagua afisa mwingine.",
    fr="{officer} n'est pas agent d'enrôlement le {date}. Choisissez un autre agent.",
)
ALREADY_ENROLLED = ErrorCode(
    "ALREADY_ENROLLED",
    en="The family has this product from {starts} to {expires} already. Pay, renew or delete that policy instead.",
    sw="Kaya tayari ina bima hii kuanzia {starts} hadi {expires}. Lipia, huisha au futa bima hiyo badala yake.",
    fr="La famille a déjà ce produit du {starts} au {expires}. Payez, renouvelez ou supprimez plutôt cette police.",
)
ALREADY_RENEWED = ErrorCode(
    "ALREADY_RENEWED",
    en="This policy was renewed already. Open its renewal.",
    sw="Bima hii tayari imehuishwa. Fungua bima iliyohuishwa.",
    fr="Cette police est déjà renouvelée. Ouvrez son renouvellement.",
)
NEVER_EFFECTIVE = ErrorCode(
    "NEVER_EFFECTIVE",
    en="This policy never covered anybody. Complete its payment; once it has expired, enrol the family anew.",
    sw="Bima hii haijawahi kuanza kutumika. Kamilisha malipo yake; ikiisha muda, andikisha kaya upya.",
    fr="Cette police n'a jamais couvert personne. Complétez son paiement ; une fois expirée, enrôlez à nouveau.",
)
POLICY_USED = ErrorCode(
    "POLICY_USED",
    en="Claims used the cover of this policy, so it cannot be deleted. Suspend it instead.",
    sw="Madai yametumia bima hii, hivyo haiwezi kufutwa. Isitishe badala yake.",
    fr="Des réclamations ont utilisé cette police : elle ne peut être supprimée. Suspendez-la plutôt.",
)
QUOTE_FOR_WHOM = ErrorCode(
    "QUOTE_FOR_WHOM",
    en="Say whom the quote is for: either a family or a list of members.",
    sw="Taja makadirio ni ya nani: kaya au orodha ya wanachama.",
    fr="Indiquez pour qui est le devis : une famille ou une liste de membres.",
)
MEMBERS_ABOVE_MAXIMUM = ErrorCode(
    "MEMBERS_ABOVE_MAXIMUM",
    en="The product covers {maximum} of the {members} members; {uncovered} are not covered.",
    sw="Bidhaa inagharamia wanachama {maximum} kati ya {members}; {uncovered} hawana bima.",
    fr="Le produit couvre {maximum} des {members} membres ; {uncovered} ne sont pas couverts.",
)
NO_OFFICER = ErrorCode(
    "NO_OFFICER",
    en="No enrolment officer looks after this policy. Ask one to visit the family.",
    sw="Bima hii haina afisa uandikishaji. Mwombe afisa mmoja aitembelee kaya.",
    fr="Aucun agent d'enrôlement ne suit cette police. Demandez à l'un d'eux de rendre visite à la famille.",
)
RENEWAL_ANSWERED = ErrorCode(
    "RENEWAL_ANSWERED",
    en="This renewal was answered on {date} already. Look at the family's policies.",
    sw="Uhuishaji huu ulishajibiwa tarehe {date}. Angalia bima za kaya.",
    fr="Ce renouvellement a déjà reçu une réponse le {date}. Consultez les polices de la famille.",
)
PERSON_COVERED = ErrorCode(
    "PERSON_COVERED",
    en="The person is covered today or later. Wait until the cover has ended.",
    sw="Mtu huyu ana bima leo au baadaye. Subiri hadi bima iishe.",
    fr="La personne est couverte aujourd'hui ou plus tard. Attendez la fin de la couverture.",
)
OTHER_FAMILY = ErrorCode(
    "OTHER_FAMILY",
    en="This policy belongs to another family. Choose one of this family.",
    sw="Bima hii ni ya familia nyingine. Chagua ya familia hii.",
    fr="Cette police appartient à une autre famille. Choisissez-en une de cette famille.",
)

ALL = (
    BACKDATED, PRICE_CHANGED, PRODUCT_NOT_SOLD, PRODUCT_NOT_HERE, FAMILY_EMPTY, OFFICER_NOT_VALID, ALREADY_ENROLLED,
    ALREADY_RENEWED, NEVER_EFFECTIVE, POLICY_USED, QUOTE_FOR_WHOM, MEMBERS_ABOVE_MAXIMUM, NO_OFFICER,
    RENEWAL_ANSWERED, OTHER_FAMILY, PERSON_COVERED,
)  # fmt: skip
