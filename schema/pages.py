"""How the statement of a keyset page is made: which rows, in which order, how many, and what they become."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import sqlalchemy as sa
from graphql import FieldNode, SelectionSetNode, Undefined, get_named_type

from schema.connection import (
    DEFAULT_PAGE,
    MOST_COUNTED,
    Key,
    PageField,
    beyond,
    keys_of,
    page_size,
    read_cursor,
)
from schema.errors import BadRequest
from schema.filters import conditions, search_conditions, searched_words
from schema.planning import Planning
from schema.reach import reach_of, unserved
from schema.rows import Mapping, Row
from schema.sql import fresh, quoted, whole
from schema.values import Given, Placeholder, plain, sql_type
from schema.walks import found_first, merged, places_of
from schema.window import Window


class Way(Enum):
    """How the rows of a list are come by.

    FIND: by a condition that leaves few, before they are ordered. WALK: along an index, or one for each place. RUN: as
    PostgreSQL thinks best.
    """

    FIND = "find"
    WALK = "walk"
    RUN = "run"


class PagePlanning(Planning):
    """The part of a planner that makes pages."""

    def _object_json(self, type_: Any, row: Row, sets: Sequence[SelectionSetNode | None], path: tuple[str, ...]) -> Any:
        """The JSON of a row that stands in FROM already."""
        raise NotImplementedError

    def _page(
        self,
        declared: PageField,
        mapping: Mapping,
        connection: Any,
        arguments: dict[str, Given],
        where: Callable[[Row], list[Any]],
        nodes: list[FieldNode],
        path: tuple[str, ...],
        *,
        at_root: bool,
    ) -> Any:
        asked = self.collect([node.selection_set for node in nodes], connection)
        type_ = get_named_type(connection.fields["nodes"].type)
        size, backward = self._size(arguments)
        keys = self._order(declared, mapping, arguments["orderBy"])

        search = arguments.get("search")
        words: tuple[bool, ...] = self.shaped("search", search, searched_words) if search is not None else ()
        way = self._way(declared, mapping, arguments["filter"], words, keys, at_root=at_root)

        def narrowed(row: Row) -> list[Any]:
            found = [*where(row), *conditions(declared.target, row, arguments["filter"], self)]
            if search is not None and words:
                found.extend(search_conditions(mapping, row, search, self, words))
            return found

        pairs: list[Any] = []
        wanted = {key: fields[0].name.value for key, fields in asked.items()}
        window = None
        if {"edges", "nodes", "pageInfo"} & set(wanted.values()):
            window = self._window(mapping, keys, size, backward, arguments, narrowed, way)
        for key, name in wanted.items():
            pairs.append(sa.literal_column(quoted(key)))
            sets = [node.selection_set for node in asked[key]]
            if name == "__typename":
                pairs.append(sa.literal_column(quoted(connection.name)))
            elif name == "totalCount":
                whole_list = way is Way.WALK and not words and arguments["filter"].null
                pairs.append(self._count(mapping, narrowed, whole_list=whole_list))
            elif window is not None and name == "pageInfo":
                page_info = get_named_type(connection.fields["pageInfo"].type)
                pairs.append(window.info(self, page_info, sets))
            elif window is not None:
                pairs.append(window.listed(self, connection, type_, name, sets, (*path, key)))
        built = sa.select(sa.func.json_build_object(*pairs))
        return window.finish(built) if window is not None else built.scalar_subquery()

    def _way(
        self,
        declared: PageField,
        mapping: Mapping,
        value: Given,
        words: tuple[bool, ...],
        keys: list[Key],
        *,
        at_root: bool,
    ) -> Way:
        """How the rows are come by. A long list that no index serves is weighed, for who sees it in so many places."""
        places = None if self.unbounded else places_of(list(mapping.scope(fresh(mapping)[0], self)))
        wide = self.unbounded or (places is not None and places.many)
        # Words too short for an index of trigrams are looked for in the viewer's places, or along the order's index.
        finds = any(words) or (bool(words) and not wide)
        if not at_root or not mapping.found_by:
            return Way.FIND if finds else Way.RUN
        reach = reach_of(declared.target, mapping, value, self, f"{declared.target.__name__} {value.source}")
        reach.found |= any(words)
        if words and not any(words):
            reach.other.append("search")
        refusal = unserved(declared.target, mapping, reach, keys) if wide else None
        if refusal is not None:
            self.weighed.append(refusal)
        if finds or reach.by_text:
            return Way.FIND
        return Way.RUN if reach.found else Way.WALK

    def _window(
        self,
        mapping: Mapping,
        keys: list[Key],
        size: int,
        backward: bool,
        arguments: dict[str, Given],
        narrowed: Callable[[Row], list[Any]],
        way: Way,
    ) -> Window:
        row, source = fresh(mapping)
        where = narrowed(row)
        for name, order in (("after", keys), ("before", [key.reversed() for key in keys])):
            if not arguments[name].null:
                values = [self._cursor_part(arguments[name], keys, index) for index in range(len(keys))]
                where.append(beyond(order, row, values))
        order = [key.reversed() for key in keys] if backward else keys
        places = places_of(where, walked=True) if way is Way.WALK else None
        if way is Way.FIND:
            source, where = found_first(source, where), []
        elif places is not None and not places.one:
            source, where = merged(row, source, places, order, size + 1), []
        row = Row(source, mapping.attributes)
        ordered = sa.select(*source.c).where(*where).order_by(*(key.ordered(row) for key in order))
        found = ordered.limit(whole(size + 1)).subquery()
        continued = not arguments["before" if backward else "after"].null
        return Window(Row(found, mapping.attributes), found, keys, order, size, backward, continued)

    def _cursor_part(self, cursor: Given, keys: list[Key], index: int) -> Placeholder:
        column = keys[index].column
        kind = column.type.python_type
        type_ = sa.Text() if isinstance(column.type, sa.Enum) else sql_type(kind)
        read = cursor.read
        return self._placeholder(lambda variables, _: plain(read_cursor(read(variables), keys)[index]), type_)

    def _size(self, arguments: dict[str, Given]) -> tuple[int, bool]:
        first = self.shaped("size", arguments["first"], _identity)
        last = self.shaped("size", arguments["last"], _identity)
        if first not in (None, Undefined) and last not in (None, Undefined):
            raise BadRequest("Give `first` or `last`, not both.")
        if last not in (None, Undefined):
            return page_size(last, "last"), True
        return page_size(DEFAULT_PAGE if first in (None, Undefined) else first, "first"), False

    def _order(self, declared: PageField, mapping: Mapping, order_by: Given) -> list[Key]:
        chosen = self.shaped("order", order_by, _order_names)
        if "" in chosen:
            raise BadRequest("An entry of `orderBy` needs its `field`.")
        return keys_of(chosen or declared.order, mapping.attributes)

    def _count(self, mapping: Mapping, narrowed: Callable[[Row], list[Any]], *, whole_list: bool) -> Any:
        row, source = fresh(mapping)
        where = narrowed(row)
        places = places_of(where)
        if not self.unbounded and (places is None or places.few):
            # They hold few rows, and PostgreSQL would read past all others in the hope of stopping early.
            return sa.select(sa.func.count()).select_from(source).where(*where).scalar_subquery()
        if whole_list and places is not None:
            source, where = merged(row, source, places, [], MOST_COUNTED), []
        found: Any = sa.select(sa.literal_column("1")).select_from(source).where(*where)
        counted = found.limit(whole(MOST_COUNTED)).subquery()
        return sa.select(sa.func.count()).select_from(counted).scalar_subquery()


def _identity(value: Any) -> Any:
    return value


def _order_names(value: Any) -> tuple[str, ...]:
    return tuple(_order_name(entry or {}) for entry in value or ())


def _order_name(entry: dict[str, Any]) -> str:
    """The column with its sign; empty when a variable left the field out."""
    field, direction = entry.get("field"), entry.get("direction")
    if field is None:
        return ""
    return ("-" if direction is not None and direction.name == "DESC" else "") + str(field.value)
