"""Young children are treated free of charge, whatever the product says."""

from bima_benefit_rule import rules
from bima_benefit_rule import settings as settings_
from core import Manifest, ModuleSettings, hook
from core.host import Host
from modules.valuation.rules import Terms, ValuedClaim, ValuedLine

manifest = Manifest(name="benefit_rule", title="Free care for young children", version="1.0.0", needs=("valuation",))


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def benefit(host: Host, claim: ValuedClaim, line: ValuedLine) -> Terms | None:
    return rules.free_care(claim, line.terms, host.module_settings(settings_.Settings))
