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
    en="Only checked claims are selected, reviewed, returned or rejected, and this one is {status}.",
    sw="Ni madai yaliyokaguliwa tu yanayochaguliwa, kupitiwa, kurudishwa au kukataliwa; hili liko {status}.",
    fr="Seules les demandes contrôlées sont choisies, révisées, renvoyées ou rejetées ; celle-ci est {status}.",
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
QUANTITY_ABOVE_LIMIT = ErrorCode(
    "QUANTITY_ABOVE_LIMIT",
    en="The patient's policy leaves {left} of this. Approve no more.",
    sw="Bima ya mgonjwa inabakiza {left} ya hii. Usiidhinishe zaidi.",
    fr="La police du patient en laisse {left}. N'en approuvez pas davantage.",
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

DRAWN_BEFORE = ErrorCode(
    "DRAWN_BEFORE",
    en="This claim took part in a draw before and is {status}. Select it by name instead.",
    sw="Dai hili lilishashiriki uteuzi na liko {status}. Lichague kwa kulitaja.",
    fr="Cette demande a déjà participé à un tirage et est {status}. Choisissez-la nommément.",
)
SELECTION_PERCENT = ErrorCode(
    "SELECTION_PERCENT",
    en="Give a percentage from {least} to {most}.",
    sw="Weka asilimia kati ya {least} na {most}.",
    fr="Indiquez un pourcentage de {least} à {most}.",
)
NO_FEEDBACK_OFFICER = ErrorCode(
    "NO_FEEDBACK_OFFICER",
    en="No enrolment officer with a telephone works in the patient's village. Add one, or ask about another claim.",
    sw="Hakuna afisa uandikishaji mwenye simu katika kijiji cha mgonjwa. Ongeza mmoja, au uliza kuhusu dai lingine.",
    fr="Aucun agent d'enrôlement avec téléphone au village du patient. Ajoutez-en un, ou prenez une autre demande.",
)
FEEDBACK_NOT_AWAITED = ErrorCode(
    "FEEDBACK_NOT_AWAITED",
    en="No feedback is awaited on this claim: it is {status}. Ask the medical officer to select it.",
    sw="Dai hili halisubiri maoni: liko {status}. Mwombe afisa wa tiba alichague.",
    fr="Aucun avis n'est attendu sur cette demande : {status}. Demandez au médecin-conseil de la choisir.",
)
FEEDBACK_OF_ANOTHER = ErrorCode(
    "FEEDBACK_OF_ANOTHER",
    en="The claim is for another patient than {number}. Check the claim and the number.",
    sw="Dai hili ni la mgonjwa mwingine, si {number}. Hakiki dai na namba.",
    fr="La demande concerne un autre patient que {number}. Vérifiez la demande et le numéro.",
)
ASSESSMENT_OUT_OF_RANGE = ErrorCode(
    "ASSESSMENT_OUT_OF_RANGE",
    en="Give a mark from 0, bad, to 5, good.",
    sw="Weka alama kati ya 0, mbaya, na 5, nzuri.",
    fr="Donnez une note de 0, mauvais, à 5, bon.",
)
SAMPLE_WAITS = ErrorCode(
    "SAMPLE_WAITS",
    en="{count} of the claims drawn wait for their review. Review or reject them first.",
    sw="Madai {count} yaliyochaguliwa yanasubiri kukaguliwa. Yakague au yakatae kwanza.",
    fr="{count} des demandes tirées attendent leur examen. Examinez-les ou rejetez-les d'abord.",
)
SAMPLE_EMPTY = ErrorCode(
    "SAMPLE_EMPTY",
    en="None of the claims is left to draw from, or none of those drawn was reviewed. Draw a new sample.",
    sw="Hakuna dai la kuchagua, au hakuna lililochaguliwa lililokaguliwa. Chagua sampuli mpya.",
    fr="Aucune demande à tirer, ou aucune de celles tirées n'a été examinée. Tirez un nouvel échantillon.",
)
NOT_REJECTED = ErrorCode(
    "CLAIM_NOT_REJECTED",
    en="Only rejected claims are restored, and this one is {status}.",
    sw="Ni madai yaliyokataliwa tu yanayorejeshwa; hili liko {status}.",
    fr="Seules les demandes rejetées sont rétablies ; celle-ci est {status}.",
)
RESTORED_ENOUGH = ErrorCode(
    "RESTORED_ENOUGH",
    en="A claim is restored at most {most} times. Go on with the claims that were made from it.",
    sw="Dai hurejeshwa mara zisizozidi {most}. Endelea na madai yaliyotokana nalo.",
    fr="Une demande est rétablie au plus {most} fois. Poursuivez avec les demandes qui en sont issues.",
)
FILE_OR_LINK = ErrorCode(
    "FILE_OR_LINK",
    en="Give either a file or a link.",
    sw="Weka faili au kiungo, kimoja tu.",
    fr="Indiquez soit un fichier, soit un lien.",
)
LINK_NOT_ALLOWED = ErrorCode(
    "LINK_NOT_ALLOWED",
    en="Links lead by https to {hosts}. Send the paper as a file instead.",
    sw="Viungo huelekea kwa https kwenye {hosts}. Tuma hati kama faili badala yake.",
    fr="Les liens mènent par https à {hosts}. Envoyez plutôt le document comme fichier.",
)
TOO_MANY_ATTACHMENTS = ErrorCode(
    "TOO_MANY_ATTACHMENTS",
    en="A claim has at most {most} attachments. Take one away first.",
    sw="Dai lina viambatisho visivyozidi {most}. Ondoa kimoja kwanza.",
    fr="Une demande a au plus {most} pièces jointes. Retirez-en une d'abord.",
)
PERSON_CLAIMS_OPEN = ErrorCode(
    "PERSON_CLAIMS_OPEN",
    en="The person has claims that are not settled. Wait until they are paid or rejected.",
    sw="Mtu huyu ana madai ambayo hayajakamilika. Subiri hadi yalipwe au yakataliwe.",
    fr="La personne a des demandes qui ne sont pas réglées. Attendez qu'elles soient payées ou rejetées.",
)

ALL = (
    NAME_ONE, NOT_EDITABLE, NOT_CHECKED, TOO_MANY_DIAGNOSES, TOO_MANY_LINES, TOO_MANY_CLAIMS, EXPLANATION_MISSING,
    QUANTITY_MISSING, QUANTITY_ABOVE_PROVIDED, QUANTITY_ABOVE_LIMIT, LINE_REFUSED, OWN_FACILITY, DRAWN_BEFORE,
    SELECTION_PERCENT, NO_FEEDBACK_OFFICER, FEEDBACK_NOT_AWAITED, FEEDBACK_OF_ANOTHER, ASSESSMENT_OUT_OF_RANGE,
    NOT_REJECTED, RESTORED_ENOUGH, FILE_OR_LINK, LINK_NOT_ALLOWED, TOO_MANY_ATTACHMENTS,
    SAMPLE_WAITS, SAMPLE_EMPTY, PERSON_CLAIMS_OPEN,
)  # fmt: skip
