"""What users can mend."""

from core import ErrorCode

NO_NUMBER = ErrorCode(
    "NATIONAL_ID_NO_NUMBER",
    en="This person has no document that the national register knows. Record its type and number first.",
    sw="Mtu huyu hana kitambulisho kinachojulikana na daftari la taifa. Andika kwanza aina na namba yake.",
    fr="Cette personne n'a pas de document connu du registre national. Saisissez d'abord son type et son numéro.",
)
ALL = (NO_NUMBER,)
