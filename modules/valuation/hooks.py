"""What other modules can add to valuation."""

from core import hookspec
from core.host import Host
from modules.valuation.rules import Terms, ValuedClaim, ValuedLine


@hookspec(firstresult=True)
def benefit(host: Host, claim: ValuedClaim, line: ValuedLine) -> Terms | None:
    """On which terms a line is paid instead of its product's, such as free care for a group; None leaves the product's.

    Asked of every line that passed, when the claim is handed in and each time it is valued. Answer from the claim,
    the line and the settings of your module (`host.module_settings(Settings)`) alone, so that both come to the
    same. `dataclasses.replace(line.terms, ...)` changes some of the terms: the limits of visit types, the
    exclusions from ceilings, whether the deductible applies. The origin of the price stays.
    """
