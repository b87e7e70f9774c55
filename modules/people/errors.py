"""What can be wrong with a sign-in, an account or a role."""

from core import ErrorCode

SIGN_IN_FAILED = ErrorCode(
    "SIGN_IN_FAILED",
    en="The user name or the password is wrong, or the account is not active. Check both, or ask your administrator.",
    sw="Jina la mtumiaji au nenosiri si sahihi, au akaunti haitumiki. Hakiki yote mawili, au muulize msimamizi wako.",
    fr="Le nom ou le mot de passe est faux, ou le compte est inactif. Vérifiez-les ou demandez à votre administrateur.",
)
TOO_MANY_TRIES = ErrorCode(
    "TOO_MANY_TRIES",
    en="Too many tries. Wait {minutes} min and try again, or ask your administrator for a new password.",
    sw="Umejaribu mara nyingi mno. Subiri dakika {minutes} ujaribu tena, au mwombe msimamizi nenosiri jipya.",
    fr="Trop d'essais. Attendez {minutes} min et réessayez, ou demandez à l'administrateur un nouveau mot de passe.",
)
SESSION_ENDED = ErrorCode(
    "SESSION_ENDED",
    en="This device is signed out. Sign in again.",
    sw="Kifaa hiki kimeondolewa. Ingia tena.",
    fr="Cet appareil est déconnecté. Connectez-vous de nouveau.",
)
PASSWORD_WRONG = ErrorCode(
    "PASSWORD_WRONG",
    en="This is not your present password. Enter it again.",
    sw="Hili si nenosiri lako la sasa. Liingize tena.",
    fr="Ce n'est pas votre mot de passe actuel. Saisissez-le de nouveau.",
)
PASSWORD_TOO_SHORT = ErrorCode(
    "PASSWORD_TOO_SHORT",
    en="A password has {least} characters or more. Make it longer.",
    sw="Nenosiri lazima liwe na herufi {least} au zaidi. Lirefushe.",
    fr="Un mot de passe compte {least} caractères ou plus. Allongez-le.",
)
PASSWORD_COMMON = ErrorCode(
    "PASSWORD_COMMON",
    en="Many people use this password, or it is the user name. Choose one that is harder to guess.",
    sw="Watu wengi hutumia nenosiri hili, au ni jina la mtumiaji. Chagua lililo gumu kukisia.",
    fr="Ce mot de passe est très répandu, ou c'est le nom d'utilisateur. Choisissez-en un moins prévisible.",
)
PASSWORD_UNCHANGED = ErrorCode(
    "PASSWORD_UNCHANGED",
    en="This is the password you have already. Choose another one.",
    sw="Hili ni nenosiri ulilonalo tayari. Chagua lingine.",
    fr="C'est le mot de passe que vous avez déjà. Choisissez-en un autre.",
)
USERNAME_INVALID = ErrorCode(
    "USERNAME_INVALID",
    en="A user name has 3 to 60 characters without spaces. Choose another one.",
    sw="Jina la mtumiaji lina herufi 3 hadi 60 bila nafasi. Chagua lingine.",
    fr="Un nom d'utilisateur compte de 3 à 60 caractères sans espace. Choisissez-en un autre.",
)
GRANT_OPENS_NOTHING = ErrorCode(
    "GRANT_OPENS_NOTHING",
    en="Nothing of the kind {kind} has this id, or no data belongs to it. Check both.",
    sw="Hakuna kitu cha aina {kind} chenye kitambulisho hiki, au hakina taarifa. Hakiki vyote viwili.",
    fr="Rien du type {kind} ne porte cet identifiant, ou aucune donnée n'en dépend. Vérifiez les deux.",
)
OWN_ACCOUNT = ErrorCode(
    "OWN_ACCOUNT",
    en="You cannot deactivate the account you are signed in with. Ask another administrator.",
    sw="Huwezi kuzima akaunti unayoitumia sasa. Mwombe msimamizi mwingine.",
    fr="Vous ne pouvez pas désactiver votre propre compte. Demandez à un autre administrateur.",
)
SECOND_FACTOR_NEEDED = ErrorCode(
    "SECOND_FACTOR_NEEDED",
    en="This account has a second factor. Send the code of the authenticator app, or a recovery code, as well.",
    sw="Akaunti hii ina hatua ya pili ya uthibitisho. Tuma pia namba ya programu ya uthibitisho, au namba ya akiba.",
    fr="Ce compte a un second facteur. Envoyez aussi le code de l'application, ou un code de secours.",
)
SECOND_FACTOR_WRONG = ErrorCode(
    "SECOND_FACTOR_WRONG",
    en="This code is wrong or was used already. Wait for the next one, and check the telephone's clock.",
    sw="Namba hii si sahihi au imeshatumika. Subiri inayofuata, na hakiki saa ya simu.",
    fr="Ce code est faux ou a déjà servi. Attendez le suivant et vérifiez l'heure du téléphone.",
)
SECOND_FACTOR_PRESENT = ErrorCode(
    "SECOND_FACTOR_PRESENT",
    en="This account has a second factor already. Remove it first.",
    sw="Akaunti hii tayari ina hatua ya pili ya uthibitisho. Iondoe kwanza.",
    fr="Ce compte a déjà un second facteur. Retirez-le d'abord.",
)
RESET_TOKEN_INVALID = ErrorCode(
    "RESET_TOKEN_INVALID",
    en="This token is wrong, was used already, or its time is over. Ask for a new one.",
    sw="Namba hii ya kubadili nenosiri si sahihi, imeshatumika, au muda wake umeisha. Omba mpya.",
    fr="Ce jeton est faux, a déjà servi ou a expiré. Demandez-en un nouveau.",
)
RESET_NOT_OFFERED = ErrorCode(
    "RESET_NOT_OFFERED",
    en="Nothing is sent for a forgotten password here. Ask your administrator for a token.",
    sw="Hapa hakuna kinachotumwa kwa nenosiri lililosahaulika. Mwombe msimamizi wako tokeni.",
    fr="Rien n'est envoyé ici pour un mot de passe oublié. Demandez un jeton à votre administrateur.",
)
ACCOUNT_INACTIVE = ErrorCode(
    "ACCOUNT_INACTIVE",
    en="This account is not active. Activate it first.",
    sw="Akaunti hii haitumiki. Iwezeshe kwanza.",
    fr="Ce compte est inactif. Activez-le d'abord.",
)
MACHINE_ACCOUNT = ErrorCode(
    "MACHINE_ACCOUNT",
    en="This account belongs to a system, which has access keys and no password. Make it a key instead.",
    sw="Akaunti hii ni ya mfumo, wenye funguo za kuingilia na usio na nenosiri. Utengenezee ufunguo badala yake.",
    fr="Ce compte est celui d'un système, qui a des clés d'accès et pas de mot de passe. Créez-lui plutôt une clé.",
)
NOT_A_MACHINE = ErrorCode(
    "NOT_A_MACHINE",
    en="This account belongs to a person, who signs in with a password. Make an account for the system first.",
    sw="Akaunti hii ni ya mtu, anayeingia kwa nenosiri. Kwanza tengeneza akaunti ya mfumo.",
    fr="Ce compte est celui d'une personne, qui a un mot de passe. Créez d'abord un compte pour le système.",
)
ROLE_NEEDS_SECOND_FACTOR = ErrorCode(
    "ROLE_NEEDS_SECOND_FACTOR",
    en="The role {role} needs a second factor, which a system cannot have. Give its account another role.",
    sw="Jukumu {role} linahitaji hatua ya pili ya uthibitisho, ambayo mfumo hauwezi kuwa nayo. Toa jukumu lingine.",
    fr="Le rôle {role} exige un second facteur, qu'un système ne peut avoir. Donnez un autre rôle à son compte.",
)
RIGHT_NOT_HELD = ErrorCode(
    "RIGHT_NOT_HELD",
    en="The account does not hold the right {right}. Leave it out, or give the account a role with it first.",
    sw="Akaunti haina haki ya {right}. Iondoe, au kwanza ipe akaunti jukumu lenye haki hiyo.",
    fr="Le compte n'a pas le droit {right}. Retirez-le ou donnez d'abord au compte un rôle qui l'a.",
)
RIGHT_BEYOND_YOURS = ErrorCode(
    "RIGHT_BEYOND_YOURS",
    en="You do not hold the right {right} yourself. Leave it out, or ask an administrator of accounts.",
    sw="Wewe mwenyewe huna haki ya {right}. Iondoe, au mwombe msimamizi wa akaunti.",
    fr="Vous n'avez pas vous-même le droit {right}. Retirez-le ou demandez à un administrateur des comptes.",
)
EXPIRY_OUT_OF_RANGE = ErrorCode(
    "EXPIRY_OUT_OF_RANGE",
    en="The last day must lie between today and {years} years from now. Choose another one, or leave it out.",
    sw="Siku ya mwisho iwe kati ya leo na miaka {years} ijayo. Chagua nyingine, au iache wazi.",
    fr="Le dernier jour doit être compris entre aujourd'hui et dans {years} ans. Choisissez-en un autre ou aucun.",
)
KEY_HANDED_OUT = ErrorCode(
    "KEY_HANDED_OUT",
    en="This key was made already, and is shown once only. If it got lost, revoke the key {id} and make another.",
    sw="Ufunguo huu umeshatengenezwa, na huonyeshwa mara moja tu. Ukipotea, batilisha {id} na utengeneze mwingine.",
    fr="Cette clé existe déjà et n'est montrée qu'une fois. Si elle est perdue, révoquez {id} et créez-en une autre.",
)

ALL = (
    SIGN_IN_FAILED, TOO_MANY_TRIES, SESSION_ENDED,
    PASSWORD_WRONG, PASSWORD_TOO_SHORT, PASSWORD_COMMON, PASSWORD_UNCHANGED,
    SECOND_FACTOR_NEEDED, SECOND_FACTOR_WRONG, SECOND_FACTOR_PRESENT,
    RESET_TOKEN_INVALID, RESET_NOT_OFFERED, ACCOUNT_INACTIVE, USERNAME_INVALID, GRANT_OPENS_NOTHING, OWN_ACCOUNT,
    MACHINE_ACCOUNT, NOT_A_MACHINE, ROLE_NEEDS_SECOND_FACTOR,
    RIGHT_NOT_HELD, RIGHT_BEYOND_YOURS, EXPIRY_OUT_OF_RANGE, KEY_HANDED_OUT,
)  # fmt: skip
