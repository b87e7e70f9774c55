"""Names of Python as GraphQL has them."""


def camel_case(name: str) -> str:
    """The GraphQL name of a Python name: `last_name` is `lastName`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
