"""Who infected whom: the likeliest forest against every forest there is, draws, generations."""

import itertools
import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.engines import chains
from bihuan.engines.chains._arborescence import likeliest

DAY = date(2022, 3, 1)


def case(id_: str, day: int | None = None, **more: str) -> chains.Case:
    return chains.Case(id_, None if day is None else DAY + timedelta(days=day), **more)


def slow(weights: dict[int, dict[int, float]], count: int) -> tuple[int, float]:
    """The best forest by trying all: fewest heads first (no link is left unused without need), then the sum."""
    best = (count + 1, -math.inf)
    for choice in itertools.product(*([-1, *weights.get(v, {})] for v in range(count))):
        ok = True
        for start in range(count):
            node, steps = start, 0
            while node >= 0 and steps <= count:
                node, steps = choice[node], steps + 1
            ok &= steps <= count
        if ok:
            heads = sum(1 for u in choice if u < 0)
            total = sum(weights[v][u] for v, u in enumerate(choice) if u >= 0)
            if (-heads, total) > (-best[0], best[1]):
                best = (heads, total)
    return best


@settings(max_examples=150, deadline=None)
@given(
    st.integers(2, 6).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.dictionaries(
                st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1]),
                st.floats(-5, 0),
                max_size=10,
            ),
        )
    )
)
def test_the_likeliest_forest_is_the_best_of_all_forests(given_: tuple[int, dict[tuple[int, int], float]]) -> None:
    count, arcs = given_
    weights: dict[int, dict[int, float]] = {}
    for (target, source), weight in arcs.items():
        weights.setdefault(target, {})[source] = weight
    chosen = likeliest(weights, count)
    for start in range(count):
        node, steps = start, 0
        while node >= 0:
            node, steps = chosen[node], steps + 1
            assert steps <= count, "somebody is their own ancestor"
    heads, total = slow(weights, count)
    assert sum(1 for u in chosen if u < 0) == heads
    assert sum(weights[v][u] for v, u in enumerate(chosen) if u >= 0) == pytest.approx(total, abs=1e-6)


def test_a_case_with_two_candidates_weighs_them_by_the_serial_interval() -> None:
    people = [case("a", 0), case("b", 4), case("c", 5)]
    links = [chains.Link("a", "c"), chains.Link("b", "c"), chains.Link("a", "b")]
    forest = chains.build(people, links, serial_days=(5.0, 1.5))
    assert forest.infector == {"a": None, "b": "a", "c": "a"}
    first, second = forest.candidates["c"]
    # five days from a: density 1; one day from b: exp(-0.5 (4 / 1.5)²)
    assert (first.source, second.source) == ("a", "b")
    assert second.probability == pytest.approx(math.exp(-0.5 * (4 / 1.5) ** 2) / (1 + math.exp(-0.5 * (4 / 1.5) ** 2)))
    assert forest.depth == 1
    assert forest.offspring() == {"a": 2, "b": 0, "c": 0}


def test_two_who_name_each_other_are_not_each_others_infector() -> None:
    forest = chains.build(
        [case("a", 0), case("b", 4)], [chains.Link("a", "b"), chains.Link("b", "a")], serial_days=(4, 2)
    )
    assert forest.infector == {"a": None, "b": "a"}


def test_a_link_to_nobody_on_the_list_is_told() -> None:
    forest = chains.build([case("a", 0)], [chains.Link("x", "a")])
    assert [link.source for link in forest.loose_links] == ["x"]
    with pytest.raises(chains.ChainError, match="two cases"):
        chains.build([case("a"), case("a")], [])


def test_drawn_forests_follow_the_probabilities() -> None:
    people = [case("a", 0), case("b", 0), case("c", 4)]
    forest = chains.build(people, [chains.Link("a", "c", 3.0), chains.Link("b", "c", 1.0)], serial_days=(4, 2))
    drawn = chains.draw(forest, seed=7, draws=4000)
    share = sum(tree["c"] == "a" for tree in drawn) / len(drawn)
    assert share == pytest.approx(0.75, abs=0.03)
    assert drawn == chains.draw(forest, seed=7, draws=4000)


def test_the_table_of_generations_adds_up() -> None:
    people = [case("a", 0), case("b", 4), case("c", 5), case("d", 9), case("alone", 1)]
    forest = chains.build(people, [chains.Link("a", "b"), chains.Link("a", "c"), chains.Link("b", "d")])
    table = chains.generations(forest)
    assert [(g.number, g.cases, g.infected) for g in table] == [(0, 2, 2), (1, 2, 1), (2, 1, 0)]
    assert table[1].first_on == DAY + timedelta(days=4)
    assert [g.cases for g in chains.generations(forest, heads_alone=False)] == [1, 2, 1]
    assert forest.heads == ["a"]
    assert forest.depth == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 20), st.sampled_from("xyz")), min_size=2, max_size=80))
def test_the_picture_shows_every_case_or_counts_it(raw: list[tuple[int, int, str]]) -> None:
    people = [case(str(at), day, group=group) for at, (_back, day, group) in enumerate(raw)]
    links = [chains.Link(str(at - 1 - back), str(at)) for at, (back, _d, _g) in enumerate(raw) if at - 1 - back >= 0]
    forest = chains.build(people, links)
    for most in (10, 1000):
        tree = chains.time_tree(forest, most_dots=most)
        if tree is None:
            assert not forest.heads
            continue
        shown = [id_ for dot in tree.dots for id_ in dot.cases]
        assert len(shown) == len(set(shown))
        assert len(shown) + tree.cases_left_out + tree.cases_alone == len(people)
        assert len({(dot.x, dot.y) for dot in tree.dots}) >= len({dot.y for dot in tree.dots})
        for dot in tree.dots:
            if dot.source >= 0:
                assert forest.infector[dot.cases[0]] in tree.dots[dot.source].cases


def test_marks_of_one_row_do_not_cover_each_other() -> None:
    people = [case("a", 0), *(case(f"b{n}", 3) for n in range(5)), case("c", 8)]
    links = [chains.Link("a", f"b{n}") for n in range(5)] + [chains.Link("b0", "c")]
    tree = chains.time_tree(chains.build(people, links))
    assert tree is not None
    assert len({(dot.x, dot.y) for dot in tree.dots}) == len(tree.dots) == 7
    bundled = chains.time_tree(chains.build(people, links), most_dots=4)
    assert bundled is not None
    assert sorted(dot.count for dot in bundled.dots) == [1, 1, 1, 4]


def test_the_graph_keeps_everybody_apart_and_inside() -> None:
    people = [case(str(n), 0, kind="contact" if n % 3 else "") for n in range(60)]
    graph = chains.graph(people, [(str(n), str(n // 4)) for n in range(1, 50)] + [("3", "7")])
    places = {(round(dot.x, 1), round(dot.y, 1)) for dot in graph.dots}
    assert len(places) == len(graph.dots) == 50
    assert graph.nodes_left_out == 10
    assert all(0 <= dot.x <= graph.width and 0 <= dot.y <= graph.height for dot in graph.dots)
    assert sum(len(dot.side) for dot in graph.dots) == 1
    with pytest.raises(KeyError):
        chains.graph(people, [("0", "nobody")])


def test_words_in_a_picture_are_never_markup() -> None:
    people = [case("<script>", 0, group="a&b"), case('"x"', 3, group="a&b")]
    forest = chains.build(people, [chains.Link("<script>", '"x"')])
    tree = chains.time_tree(forest)
    assert tree is not None
    words = chains.Words("<t>", lambda dot: dot.cases[0], href=lambda dot: f"/?q={dot.cases[0]}")
    svg = chains.time_tree_svg(tree, words)
    assert "<script>" not in svg
    from lxml import etree

    assert etree.fromstring(svg.encode()).tag.endswith("svg")
