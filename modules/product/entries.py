"""What an input says of the lists that belong to terms, checked and turned into the entries to store."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core import TAKEN, Code, Context, Problems, camel_case, check_codes, check_columns, codes_in
from modules.medical import services as medical
from modules.medical.models import Item, Service
from modules.product import errors, inputs, rules
from modules.product.contents import Entry
from modules.product.models import WEIGHTS, CategoryLimit, Cover
from modules.product.rules import Limit, LimitationType

COVER = (
    "price_origin",
    "limit_number_adult",
    "limit_number_child",
    "waiting_period_adult",
    "waiting_period_child",
    "ceiling_exclusion_adult",
    "ceiling_exclusion_child",
)


async def entries(ctx: Context, name: str, value: Any, problems: Problems) -> list[Entry]:
    """The entries of a list, or of the capitation; null is an empty list.

    What is wrong is noted under the input's own paths, such as `items.3.limits.0.adult`.
    """
    if value is None:
        return []
    if name == "items":
        return await _covers(ctx, name, Item, "item", value, problems)
    if name == "services":
        return await _covers(ctx, name, Service, "service", value, problems)
    if name == "subsidies":
        return await _subsidies(ctx, value, problems)
    if name == "capitation":
        return [await _capitation(ctx, value, problems)]
    if name == "distributions":
        return _distributions(value, problems)
    if name == "category_limits":
        return _category_limits(value, problems)
    problems.errors.extend(rules.check_cycles([(cycle.day, cycle.month) for cycle in value]))
    return [{"month": cycle.month, "day": cycle.day} for cycle in value]


async def _covers(
    ctx: Context,
    name: str,
    kind: type[Item] | type[Service],
    field: str,
    covers: Sequence[inputs.ProductCoverInput],
    problems: Problems,
) -> list[Entry]:
    """Covers of items or of services; all that they name is looked up in one statement."""
    named = {}
    for index, cover in enumerate(covers):
        id, code = getattr(cover, f"{field}_id"), getattr(cover, f"{field}_code")
        if (id is None) == (code is None):
            problems.add(errors.ID_OR_CODE, f"{name}.{index}")
        else:
            named[medical.Named(f"{name}.{index}.{field}", id, code)] = cover
    found: list[Entry] = []
    seen = set()
    for each, element in (await medical.named(ctx.session, kind, list(named), problems)).items():
        path = each.path.removesuffix(f".{field}")
        if element.id in seen:
            problems.add(TAKEN, path, value=element.code)
        seen.add(element.id)
        elements = {"item_id": None, "service_id": None, f"{field}_id": element.id}
        found.append({**elements, **_cover(named[each], path, problems)})
    return found


def _cover(cover: inputs.ProductCoverInput, path: str, problems: Problems) -> Entry:
    columns = {column: getattr(cover, column) for column in COVER}
    check_columns(Cover, columns, problems, f"{path}.")
    for name in ("waiting_period_adult", "waiting_period_child"):
        problems.errors.extend(rules.check_months(columns[name], f"{path}.{camel_case(name)}"))
    limits = [_limit(limit) for limit in cover.limits]
    problems.errors.extend(rules.check_limits(limits, f"{path}.limits"))
    return {**columns, "limits": [vars(limit) for limit in limits]}


def _limit(limit: inputs.CoverLimitInput) -> Limit:
    # In full: 100 per cent, or an amount of 0, which is no limit.
    whole = Decimal(100 if limit.limitation_type is LimitationType.CO_INSURANCE else 0)
    adult = whole if limit.adult is None else limit.adult
    child = whole if limit.child is None else limit.child
    return Limit(limit.visit_type, limit.limitation_type, adult, child)


def _distributions(shares: Sequence[inputs.DistributionInput], problems: Problems) -> list[Entry]:
    found = [vars(share) for share in shares]
    named = [(entry["care_type"], entry["period"], entry["number"]) for entry in found]
    problems.errors.extend(rules.check_distributions(named, "distributions"))
    for index, entry in enumerate(found):
        problems.errors.extend(rules.check_percent(entry["percent"], f"distributions.{index}.percent"))
    return found


def _category_limits(limits: Sequence[inputs.CategoryLimitInput], problems: Problems) -> list[Entry]:
    problems.errors.extend(rules.check_categories([limit.category for limit in limits]))
    found = [vars(limit) for limit in limits]
    for index, entry in enumerate(found):
        check_columns(CategoryLimit, entry, problems, f"categoryLimits.{index}.")
    return found


async def _subsidies(ctx: Context, subsidies: Sequence[inputs.SubsidyInput], problems: Problems) -> list[Entry]:
    problems.errors.extend(rules.check_once([each.category_code for each in subsidies], "subsidies", "categoryCode"))
    found = [vars(subsidy) for subsidy in subsidies]
    kinds = {"category_code": "membership_category"}
    codes: list[Code] = []
    for index, entry in enumerate(found):
        problems.errors.extend(rules.check_percent(entry["percent"], f"subsidies.{index}.percent"))
        codes += codes_in(entry, kinds, f"subsidies.{index}.")
    await check_codes(ctx, codes, problems)
    return found


async def _capitation(ctx: Context, capitation: inputs.CapitationInput, problems: Problems) -> Entry:
    columns = {name: getattr(capitation, name) for name in ("share", *WEIGHTS)}
    for name, value in columns.items():
        problems.errors.extend(rules.check_percent(value, f"capitation.{camel_case(name)}"))
    levels = [vars(level) for level in capitation.levels]
    pairs = [(level["level_code"], level["sub_level_code"]) for level in levels]
    problems.errors.extend(rules.check_once(pairs, "capitation.levels", "levelCode"))
    kinds = {"level_code": "facility_level", "sub_level_code": "facility_sub_level"}
    paths = (f"capitation.levels.{index}." for index in range(len(levels)))
    codes = [code for level, path in zip(levels, paths, strict=True) for code in codes_in(level, kinds, path)]
    await check_codes(ctx, codes, problems)
    return {**columns, "levels": levels}
