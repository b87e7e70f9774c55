"""Reading what `/metrics` answers, as Prometheus does."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

Told = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(answer: httpx.Response) -> Told:
    """Every sample by its name and labels; the text is read by Prometheus' own parser."""
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def of(told: Told, name: str, /, **labels: str) -> float | None:
    return told.get((name, frozenset(labels.items())))
