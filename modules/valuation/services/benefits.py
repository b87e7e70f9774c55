"""The benefits that modules bring beside the products."""

from collections.abc import Sequence

from core.host import Host
from modules.valuation import rules


def with_benefits(
    host: Host, claim: rules.ValuedClaim, lines: Sequence[rules.ValuedLine]
) -> Sequence[rules.ValuedLine]:
    """The lines of a claim on the terms of whatever benefits the hook `benefit` gives them."""
    hook = host.plugins.hook.benefit
    if not hook.get_hookimpls():
        return lines
    return [rules.with_benefit(line, hook(host=host, claim=claim, line=line)) for line in lines]
