"""What a user can do wrong with claims."""

from core import ErrorCode

NAME_ONE = ErrorCode(
    "NAME_ONE",
    en="Name it once: by its id or by its code.",
    sw="Itaje mara moja: kwa kitambulisho au kwa msimbo.",
    fr="Nommez-le une seule fois : par son identifiant ou par son code.",
)
NOT_EDITABLE = ErrorCode(
    "CLAIM_NOT_EDITABLE",
    en="A claim that is {status} is not changed any more. Ask the medical officer to return it.",
    sw="Dai lililo katika hali ya {status} halibadilishwi tena. Mwombe afisa wa tiba alirudishe.",
    fr="Une demande {status} ne se modifie plus. Demandez au médecin-conseil de la renvoyer.",
)
NOT_CHECKED = ErrorCode(
    "CLAIM_NOT_CHECKED",
    en="Only checked claims are reviewed, returned or rejected, and this one is {status}.",
    sw="Ni madai yaliyokaguliwa tu yanayopitiwa, kurudishwa au kukataliwa; hili liko {status}.",
    fr="Seules les demandes contrôlées sont révisées, renvoyées ou rejetées ; celle-ci est {status}.",
)
TOO_MANY_DIAGNOSES = ErrorCode(
    "TOO_MANY_DIAGNOSES",
    en="A claim has at most {most} secondary diagnoses. Leave out some.",
    sw="Dai lina utambuzi wa ziada usiozidi {most}. Punguza.",
    fr="Une demande a au plus {most} diagnostics secondaires. Retirez-en.",
)
TOO_MANY_LINES = ErrorCode(
    "TOO_MANY_LINES",
    en="A claim has at most {most} lines. Split it.",
    sw="Dai lina mistari isiyozidi {most}. Ligawe.",
    fr="Une demande a au plus {most} lignes. Divisez-la.",
)
TOO_MANY_CLAIMS = ErrorCode(
    "TOO_MANY_CLAIMS",
    en="At most {most} claims go at a time. Send fewer.",
    sw="Madai yasizidi {most} kwa mara moja. Tuma machache.",
    fr="Au plus {most} demandes à la fois. Envoyez-en moins.",
)
EXPLANATION_MISSING = ErrorCode(
    "EXPLANATION_MISSING",
    en="The service was given {quantity} times. Explain why.",
    sw="Huduma imetolewa mara {quantity}. Eleza sababu.",
    fr="Le service a été fourni {quantity} fois. Expliquez pourquoi.",
)
QUANTITY_MISSING = ErrorCode(
    "QUANTITY_MISSING",
    en="The quantity is more than 0. Correct it, or leave the line out.",
    sw="Idadi lazima izidi 0. Irekebishe, au ondoa mstari.",
    fr="La quantité est supérieure à 0. Corrigez-la ou retirez la ligne.",
)
QUANTITY_ABOVE_PROVIDED = ErrorCode(
    "QUANTITY_ABOVE_PROVIDED",
    en="The facility gave {provided}; no more can be approved.",
    sw="Kituo kilitoa {provided}; haiwezi kuidhinishwa zaidi.",
    fr="L'établissement a fourni {provided} ; on ne peut approuver davantage.",
)
LINE_REFUSED = ErrorCode(
    "LINE_REFUSED",
    en="A check refused this line ({reason}); a review cannot accept it. Return the claim instead.",
    sw="Mstari huu umekataliwa na ukaguzi ({reason}); mapitio hayawezi kuukubali. Rudisha dai.",
    fr="Un contrôle a refusé cette ligne ({reason}) ; la révision ne peut l'accepter. Renvoyez la demande.",
)
OWN_FACILITY = ErrorCode(
    "OWN_FACILITY",
    en="You work for the facility of this claim. Let somebody else decide on it.",
    sw="Unafanya kazi kwenye kituo cha dai hili. Mwache mwingine aliamue.",
    fr="Vous travaillez pour l'établissement de cette demande. Laissez quelqu'un d'autre en décider.",
)

ALL = (
    NAME_ONE, NOT_EDITABLE, NOT_CHECKED, TOO_MANY_DIAGNOSES, TOO_MANY_LINES, TOO_MANY_CLAIMS, EXPLANATION_MISSING,
    QUANTITY_MISSING, QUANTITY_ABOVE_PROVIDED, LINE_REFUSED, OWN_FACILITY,
)  # fmt: skip
