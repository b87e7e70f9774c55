"""Health vouchers for maternal care: sold once, used once, at any facility."""

from collections.abc import Sequence

from bima_cheque_sante import errors, models, mutations, queries
from bima_cheque_sante import rights as rights_
from bima_cheque_sante import settings as settings_
from core import Base, ErrorCode, Manifest, ModuleSettings, Mutation, Part, Right, extend, hook
from modules.insuree.types import Insuree

manifest = Manifest(name="cheque_sante", title="Health vouchers", version="1.0.0", needs=("location", "insuree"))


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Voucher,)


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors.ALL


@hook
def graphql() -> Sequence[Part]:
    return [extend(Insuree, queries.vouchers), extend(Mutation, mutations.sell_voucher, mutations.use_voucher)]
