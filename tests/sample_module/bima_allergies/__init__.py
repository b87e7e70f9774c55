"""What an insured person must not be given."""

from collections.abc import Sequence

import click

from bima_allergies import commands as commands_
from bima_allergies import errors, models, mutations, queries
from bima_allergies import rights as rights_
from core import Base, ErrorCode, Manifest, Mutation, Part, Right, extend, hook
from modules.insuree.types import Insuree

manifest = Manifest(name="allergies", title="Allergies", version="1.0", needs=("insuree",))


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Allergy,)


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors.ALL


@hook
def graphql() -> Sequence[Part]:
    return [extend(Insuree, queries.allergies), extend(Mutation, mutations.record_allergy)]


@hook
def commands(cli: click.Group) -> None:
    cli.add_command(commands_.allergies)
