"""Entering claims at the facility, changing them and deleting them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from core import (
    NOT_FOUND,
    REQUIRED,
    TOO_LONG,
    UNSET,
    Context,
    Problems,
    UserError,
    check_codes,
    check_columns,
    clock,
    codes_in,
    find,
    first,
    given,
    new_id,
    noting,
    tidy,
)
from core.money import ZERO
from modules.claim import errors, rules
from modules.claim.inputs import CreateClaimInput, DeleteClaimInput, UpdateClaimInput
from modules.claim.models import Claim, ClaimAdministrator, ClaimDiagnosis, ClaimLine, Finding
from modules.claim.rules import EDITABLE, ClaimStatus
from modules.claim.services.facts import lines_of
from modules.claim.services.lines import EnteredLine, entered_lines, kept_lines, make_lines
from modules.claim.services.naming import Name, facility_named, patient_named, register_entries
from modules.claim.services.parts import make_parts, parts_of
from modules.claim.services.review import amounts
from modules.claim.settings import Settings
from modules.location.models import HealthFacility
from modules.location.rules import CareType
from modules.medical.models import Diagnosis

NAMES = (
    "health_facility_id", "health_facility_code", "insuree_id", "insurance_number", "main_diagnosis_id",
    "main_diagnosis_code", "diagnosis_ids", "diagnosis_codes", "items", "services",
)  # fmt: skip
"""Fields of the inputs that are not columns of the claim, or are named in two ways."""
MAIN = "mainDiagnosis"
LOOKUPS = {"patient_condition_code": "patient_condition"}


async def create_claim(ctx: Context, input: CreateClaimInput) -> Claim:
    """Enter a claim of a facility that the actor works for or whose district he works in.

    The patient may live anywhere. Nothing is said yet of whether the care is covered: that is found at submission.

    Raises:
        UserErrors: NOT_FOUND, UNKNOWN_CODE, NAME_ONE, REQUIRED, TOO_LONG, NEGATIVE, TAKEN, TOO_MANY_DIAGNOSES,
            TOO_MANY_LINES, QUANTITY_MISSING, EXPLANATION_MISSING, each at its field.
    """
    facility = await facility_named(ctx, input.health_facility_id, input.health_facility_code)
    claim = Claim(
        id=input.id or new_id(),
        health_facility_id=facility.id,
        district_id=facility.location_id,
        status=ClaimStatus.ENTERED,
        claimed=ZERO,
    )
    await _write(ctx, claim, {**given(input), "claimed_on": input.claimed_on or clock.today()})
    return claim


async def update_claim(ctx: Context, input: UpdateClaimInput) -> Claim:
    """Change a claim that was not submitted, or that was returned.

    Raises:
        UserErrors: STALE, CLAIM_NOT_EDITABLE, and what `create_claim` raises.
    """
    claim = await editable(ctx, input.id, version=input.expected_version)
    await _write(ctx, claim, given(input))
    return claim


async def delete_claim(ctx: Context, input: DeleteClaimInput) -> Claim:
    """Delete a claim that was not submitted, or that was returned. Its code is free again.

    Raises:
        UserError: NOT_FOUND, STALE, CLAIM_NOT_EDITABLE.
    """
    claim = await editable(ctx, input.id, version=input.expected_version)
    claim.ended_at = clock.now()
    await ctx.session.flush()
    return claim


async def editable(ctx: Context, id: UUID, path: str = "id", *, version: int | None = None) -> Claim:
    """A claim that the facility may change, locked.

    Raises:
        UserError: NOT_FOUND, STALE, CLAIM_NOT_EDITABLE.
    """
    claim = await find(ctx, Claim, id, path, version=version, lock=True)
    if claim.status not in EDITABLE:
        raise UserError(errors.NOT_EDITABLE, path, status=claim.status)
    return claim


async def _write(ctx: Context, claim: Claim, values: Mapping[str, Any]) -> None:
    problems = Problems()
    own = tidy({name: value for name, value in values.items() if name not in NAMES})
    await _check_own(ctx, claim, own, problems)
    if claim.insuree_id is None or "insuree_id" in values or "insurance_number" in values:
        with noting(problems):
            own["insuree_id"] = (await patient_named(ctx, values.get("insuree_id"), values.get("insurance_number"))).id
    main, others = await _diagnoses(ctx, claim, values, problems)
    lines = await _lines(ctx, claim, values, problems)
    problems.stop()
    # Flushed once, so that a change counts as one.
    with ctx.session.no_autoflush:
        for name, value in {**own, "main_diagnosis_id": main}.items():
            setattr(claim, name, value)
        await _complete(ctx, claim, own)
        await _store(ctx, claim, others, lines)


async def _complete(ctx: Context, claim: Claim, own: Mapping[str, Any]) -> None:
    """Fill in what was left to the system: the care type, by the stay, and the code, by whoever makes codes."""
    if own.get("care_type") is None and {"care_type", "date_from", "date_to"} & own.keys():
        stays = rules.is_hospital_stay(claim.date_from, claim.date_to)
        claim.care_type = CareType.IN_PATIENT if stays else CareType.OUT_PATIENT
    if claim.code is None:
        claim.code = await first(ctx.host, "claim_code", ctx=ctx, claim=claim)
    if claim.code is None:
        raise UserError(REQUIRED, "code")


async def _store(
    ctx: Context, claim: Claim, diagnosis_ids: Sequence[UUID] | None, lines: Sequence[EnteredLine] | None
) -> None:
    made = [] if lines is None else await make_lines(ctx, claim, lines)
    parts = [make_parts(row, line.parts) for row, line in zip(made, lines or (), strict=True)]
    if claim in ctx.session and lines is not None:
        await ctx.session.execute(delete(Finding).where(Finding.claim_id == claim.id))
        await ctx.session.execute(delete(ClaimLine).where(ClaimLine.claim_id == claim.id))
    if claim in ctx.session and diagnosis_ids is not None:
        await ctx.session.execute(delete(ClaimDiagnosis).where(ClaimDiagnosis.claim_id == claim.id))
    if lines is not None:
        claim.claimed = rules.claimed(map(amounts, made, parts))
    # A claim whose lines alone change has changed too.
    claim.updated_at = clock.now()
    ctx.session.add(claim)
    await ctx.session.flush()
    ctx.session.add_all(made)
    ctx.session.add_all(
        ClaimDiagnosis(claim_id=claim.id, diagnosis_id=id, position=position)
        for position, id in enumerate(diagnosis_ids or (), start=1)
    )
    await ctx.session.flush()
    ctx.session.add_all(part for of_line in parts for part in of_line)
    await ctx.session.flush()


async def _diagnoses(
    ctx: Context, claim: Claim, values: Mapping[str, Any], problems: Problems
) -> tuple[UUID | None, Sequence[UUID] | None]:
    """The main diagnosis, and the secondary ones to store; None when these stay as they are."""
    main = Name(MAIN, values.get("main_diagnosis_id"), values.get("main_diagnosis_code"))
    stays = claim.main_diagnosis_id is not None and main == Name(MAIN)
    ids, codes = values.get("diagnosis_ids") or (), values.get("diagnosis_codes") or ()
    names = [
        *([] if stays else [main]),
        *(Name(f"id {at}", id=id, id_path=f"diagnosisIds.{at}") for at, id in enumerate(ids)),
        *(Name(f"code {at}", code=code, code_path=f"diagnosisCodes.{at}") for at, code in enumerate(codes)),
    ]
    found = {key: entry.id for key, entry in (await register_entries(ctx, Diagnosis, names, problems)).items()}
    main_id = found.pop(MAIN, claim.main_diagnosis_id)
    if "diagnosis_ids" not in values and "diagnosis_codes" not in values:
        return main_id, None
    others = [id for id in dict.fromkeys(found.values()) if id != main_id]
    most = ctx.settings(Settings).most_diagnoses
    if len(others) > most:
        problems.add(errors.TOO_MANY_DIAGNOSES, "diagnosisIds" if ids else "diagnosisCodes", most=most)
    return main_id, others


async def _check_own(ctx: Context, claim: Claim, own: Mapping[str, Any], problems: Problems) -> None:
    left_out = {"care_type", "code"} if claim.code is None else {"care_type"}
    sent = {name: value for name, value in own.items() if value is not None or name not in left_out}
    most = ctx.settings(Settings).code_length
    if len(sent.get("code") or "") > most:
        problems.add(TOO_LONG, "code", most=most)
        del sent["code"]
    check_columns(Claim, sent, problems)
    await check_codes(ctx, list(codes_in(own, LOOKUPS)), problems)
    if own.get("administrator_id") is not None:
        with noting(problems):
            administrator = await find(ctx, ClaimAdministrator, own["administrator_id"], "administratorId")
            if administrator.health_facility_id != claim.health_facility_id:
                raise UserError(NOT_FOUND, "administratorId")
    for name, path in (("referred_from_id", "referredFromId"), ("referred_to_id", "referredToId")):
        if own.get(name) is not None:
            with noting(problems):
                await find(ctx, HealthFacility, own[name], path)


async def _lines(
    ctx: Context, claim: Claim, values: Mapping[str, Any], problems: Problems
) -> Sequence[EnteredLine] | None:
    """The lines to store, items first; None when they stay as they are. A list that was not sent stays."""
    items, services = values.get("items", UNSET), values.get("services", UNSET)
    if items is UNSET and services is UNSET:
        return None
    kept = items is UNSET or services is UNSET
    old = (await lines_of(ctx.session, [claim.id]))[claim.id] if kept else []
    parts = await parts_of(ctx.session, [claim.id]) if old else {}
    sent_items, sent_services = [() if lines is UNSET else lines or () for lines in (items, services)]
    return [
        *(kept_lines(old, parts, of_items=True) if items is UNSET else ()),
        *await entered_lines(ctx, sent_items, sent_services, problems),
        *(kept_lines(old, parts, of_items=False) if services is UNSET else ()),
    ]
