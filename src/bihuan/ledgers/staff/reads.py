"""Questions to the roster and the journal."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from bihuan.ledgers.staff.choices import VERBS, Role, UnitKind
from bihuan.ledgers.staff.models import Act, Member, Phone, Post, Posting, SavedView, Shift, Token, Unit
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, ask, enter


@dataclass(frozen=True)
class Actor:
    """Who acts: the member, the widest post held now, and what that lets them see and do."""

    member: UUID
    name: str
    scope: Scope
    roles: frozenset[str]
    verbs: frozenset[str]
    post: str = ""
    unit: str = ""
    area_code: str = ""

    def may(self, verb: str) -> bool:
        return verb in self.verbs


def held(at: datetime) -> Q:
    """The condition «this posting is held at `at`»."""
    return Q(held_from__lte=at) & (Q(held_until__isnull=True) | Q(held_until__gt=at))


def actor(member: UUID, at: datetime) -> Actor | None:
    """Who this member is at `at`: None when the account is closed or no post is held. Enters the actor's scope."""
    found = actors([member], at).get(member)
    if found is not None:
        enter(found.scope)
    return found


def actors(members: Collection[UUID], at: datetime) -> dict[UUID, Actor]:
    """Who these members are at `at`, in one question; whoever has a closed account or no post is missing."""
    # One's own postings must be read before one's scope is known. Asked once for every call of every phone: written out.
    rows, _count = ask(
        Scope(EVERYWHERE),
        """SELECT g.member_id, g.path, p.rank, p.role, p.title, u.name, u.area_id, m.name
           FROM staff_posting g JOIN staff_member m ON m.id = g.member_id AND m.is_active
             JOIN staff_post p ON p.id = g.post_id JOIN staff_unit u ON u.id = p.unit_id
           WHERE g.member_id = ANY(%s) AND g.held_from <= %s AND (g.held_until IS NULL OR g.held_until > %s)
           ORDER BY p.rank, g.id""",
        [list(members), at, at],
        back=Scope(EVERYWHERE),
    )
    postings: dict[UUID, list[_Post]] = {}
    for member, *row in rows:
        postings.setdefault(member, []).append(_Post(*row))
    return {member: _actor(member, held_) for member, held_ in postings.items()}


def _actor(member: UUID, postings: "Sequence[_Post]") -> Actor:
    roles = frozenset(p.role for p in postings)
    if Role.SYSTEM in roles:
        scope, verbs = Scope(EVERYWHERE), frozenset[str]()
        widest = postings[0]
    else:
        widest = min(postings, key=lambda p: (len(p.path), p.rank))
        # Several posts in unrelated places: the first by rank counts. One post, one scope.
        scope = Scope(widest.path)
        verbs = frozenset().union(*(VERBS[p.role] for p in postings if scope.holds(p.path)))
    return Actor(
        member=member,
        name=widest.member,
        scope=scope,
        roles=roles,
        verbs=verbs,
        post=widest.title,
        unit=widest.unit,
        area_code=widest.area,
    )


class _Post(NamedTuple):
    """A post somebody holds."""

    path: str
    rank: int
    role: str
    title: str
    unit: str
    area: str
    member: str


def token(digest: bytes, at: datetime) -> Token | None:
    """The living token of this digest."""
    return (
        Token.objects.filter(digest=digest, expires_at__gt=at, revoked_at__isnull=True).select_related("member").first()
    )


def acts(scope: Scope) -> QuerySet[Act]:
    """The journal inside the scope, latest first."""
    return Act.objects.filter(scope.inside()).select_related("actor").order_by("-recorded_at", "-id")


class DoneAct(NamedTuple):
    """What an act already in the journal came to."""

    actor: UUID
    verb: str
    result: Mapping[str, Any] | None


def acts_done(ids: Sequence[UUID], *, back: Scope) -> dict[UUID, DoneAct]:
    """Which of these acts are in the journal, wherever they ended, and what they came to; then the scope is `back`.

    One key at a time: row-level security hides from PostgreSQL how many rows a scope holds, and asked for all ids at
    once it would rather read the whole scope's index.
    """
    found, _ = ask(
        Scope(EVERYWHERE),
        """SELECT a.* FROM unnest(%s::uuid[]) AS k(id),
             LATERAL (SELECT id, actor_id, verb, result FROM staff_act WHERE id = k.id OFFSET 0) AS a""",
        [list(ids)],
        back=back,
    )
    return {id_: DoneAct(actor, verb, json.loads(result) if result else None) for id_, actor, verb, result in found}


def acts_about(scope: Scope, subjects: Collection[str]) -> QuerySet[Act]:
    """Everything done about these subjects."""
    return acts(scope).filter(subject__in=subjects)


def units(scope: Scope, kinds: Collection[str] = ()) -> QuerySet[Unit]:
    """Units inside the scope, by the tree's order."""
    found = Unit.objects.filter(scope.inside()).select_related("area").order_by("path", "name")
    return found.filter(kind__in=kinds) if kinds else found


def unit_of(path: str, kinds: Collection[str]) -> Unit | None:
    """The unit of these kinds that answers for the place: the nearest one up the tree."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    return Unit.objects.filter(path__in=above, kind__in=kinds).order_by("-path", "name").first()


def roster(scope: Scope, at: datetime) -> QuerySet[Post]:
    """Every post inside the scope with its holder and deputy; a post without holder is vacant."""
    now = Posting.objects.filter(held(at), post=OuterRef("pk"), is_deputy=False)
    return (
        Post.objects.filter(scope.inside())
        .select_related("unit")
        .annotate(is_filled=Exists(now))
        .order_by("path", "unit__name", "rank", "title")
    )


def postings(scope: Scope, at: datetime) -> QuerySet[Posting]:
    """Who holds which post at `at`."""
    return Posting.objects.filter(scope.inside(), held(at)).select_related("member", "post__unit")


def holders(scope: Scope, verb: str, at: datetime) -> QuerySet[Posting]:
    """Who may do this act at `at`: postings in roles that have the right, of accounts that can log in."""
    roles = [role for role, verbs in VERBS.items() if verb in verbs]
    return postings(scope, at).filter(post__role__in=roles, member__is_active=True)


def is_stale(posting: Posting, at: datetime) -> bool:
    """Whether the holder has not confirmed the entry within the post's period, or can no longer log in."""
    overdue = posting.confirmed_at + timedelta(days=posting.post.confirm_every_days) <= at
    return overdue or not posting.member.is_active


def answering(path: str, roles: Collection[str], at: datetime) -> list[Posting]:
    """Who must be told of something at `path`: holders of these roles there or above; an absent A is replaced by B."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    there = list(
        Posting.objects.filter(held(at), path__in=above, post__role__in=roles, member__is_active=True)
        .select_related("member", "post__unit")
        .order_by("-path", "post__rank", "is_deputy")
    )
    told: dict[UUID, Posting] = {}
    for posting in there:  # A comes before B of the same post
        absent = (
            posting.absent_from
            and posting.absent_from <= at
            and (posting.absent_until is None or posting.absent_until > at)
        )
        if not absent and posting.post_id not in told:
            told[posting.post_id] = posting
    if not told:
        return []
    nearest = max(len(p.path) for p in told.values())
    return [p for p in told.values() if len(p.path) == nearest]


def duty_now(scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Every round-the-clock post at `at`: who is on duty, acknowledged or not, or that the slot is empty."""
    posts = Post.objects.filter(scope.inside(), round_the_clock=True).select_related("unit").order_by("path", "rank")
    shifts = {
        s.post_id: s
        for s in Shift.objects.filter(scope.inside(), shift_from__lte=at, shift_until__gt=at).select_related("member")
    }
    return [{"post": post, "shift": shifts.get(post.id)} for post in posts]


def shifts(scope: Scope, since: datetime, until: datetime) -> QuerySet[Shift]:
    """The rota from `since` to `until`."""
    return (
        Shift.objects.filter(scope.inside(), shift_from__lt=until, shift_until__gt=since)
        .select_related("post__unit", "member")
        .order_by("shift_from", "path")
    )


def views(member: UUID, page: str) -> QuerySet[SavedView]:
    """The filters a member saved for a page."""
    return SavedView.objects.filter(member=member, page=page).order_by("name")


def members_in(scope: Scope, at: datetime) -> QuerySet[Member]:
    """Accounts that hold a post inside the scope: whom one may name."""
    return Member.objects.filter(
        Exists(Posting.objects.filter(held(at), scope.inside(), member=OuterRef("pk"))), is_active=True
    ).order_by("name", "username")


def member(id_: UUID) -> Member | None:
    """One account."""
    return Member.objects.filter(id=id_).first()


def member_named(username: str) -> Member | None:
    """The account of this name."""
    return Member.objects.filter(username=username).first()


def clockwork() -> Actor:
    """The member in whose name time itself acts: no log-in, no right, only rules."""
    who, _ = Member.objects.get_or_create(username="clock", defaults={"name": "系统时钟", "is_active": False})
    return Actor(who.id, who.name, Scope(EVERYWHERE), frozenset({Role.SYSTEM}), frozenset())


def units_by_id(ids: Collection[UUID]) -> dict[UUID, Unit]:
    """Several units at once."""
    return Unit.objects.in_bulk(list(ids))


def post(scope: Scope, id_: UUID) -> Post | None:
    """One post."""
    return Post.objects.filter(scope.inside(), id=id_).select_related("unit").first()


def posting(scope: Scope, id_: UUID, at: datetime) -> Posting | None:
    """One posting held at `at`."""
    return postings(scope, at).filter(id=id_).first()


def seat(post_: Post, *, is_deputy: bool, at: datetime) -> Posting | None:
    """Who sits on a post's A or B seat."""
    return Posting.objects.filter(held(at), post=post_, is_deputy=is_deputy).select_related("member").first()


def other_seat(posting_: Posting, at: datetime) -> Posting | None:
    """The other holder of the same post: B for A, A for B."""
    return seat(posting_.post, is_deputy=not posting_.is_deputy, at=at)


def shift(scope: Scope, id_: UUID) -> Shift | None:
    """One span of duty."""
    return Shift.objects.filter(scope.inside(), id=id_).select_related("post").first()


def token_by_id(id_: UUID) -> Token | None:
    """One device's key."""
    return Token.objects.filter(id=id_).first()


def tokens(member_: UUID) -> QuerySet[Token]:
    """A member's devices, latest first."""
    return Token.objects.filter(member=member_).order_by("-created_at")


def stale_postings(scope: Scope, at: datetime) -> QuerySet[Posting]:
    """Entries of the roster that `is_stale` calls stale, found by the database."""
    period = ExpressionWrapper(F("post__confirm_every_days") * timedelta(days=1), DurationField())
    limit = ExpressionWrapper(F("confirmed_at") + period, DateTimeField())
    return postings(scope, at).alias(limit=limit).filter(Q(limit__lte=at) | Q(member__is_active=False))


def nameable(scope: Scope, at: datetime) -> QuerySet[Member]:
    """Open accounts that may be named for a post inside the scope: those who serve there, and those who serve nowhere."""
    holds = Posting.objects.filter(held(at), member=OuterRef("pk"))
    return (
        Member.objects.filter(is_active=True)
        .filter(Exists(holds.filter(scope.inside())) | ~Exists(holds))
        .order_by("name", "username")
    )


def round_the_clock_posts(scope: Scope) -> QuerySet[Post]:
    """Posts that somebody must be at day and night."""
    return (
        Post.objects.filter(scope.inside(), round_the_clock=True)
        .select_related("unit")
        .order_by("path", "unit__name", "rank", "title")
    )


def wrong_logins(account: str, since: datetime) -> int:
    """How often somebody failed to log in as this account since an instant, counted from the last success on."""
    tries = Act.objects.filter(subject=f"login:{account}", recorded_at__gt=since)
    right = tries.filter(word="logged_in").order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    return tries.filter(word="wrong", **({"recorded_at__gt": right} if right else {})).count()


def answerable(path: str, sector: Collection[str] = ()) -> tuple[Unit, ...]:
    """Who answers for `path`, level by level: village, township, sector, headquarters; empty when nobody does.

    A level without a unit is answered for by the next one up, or by the highest below. The sector is the county's
    department or group whose name bears one of the words, else its first working group.
    """
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    there = list(Unit.objects.filter(path__in=above).select_related("area").order_by("-path", "name"))

    def nearest(*kinds: str) -> Unit | None:
        return next((u for u in there if u.kind in kinds), None)

    county = [u for u in there if u.kind in (UnitKind.DEPARTMENT, UnitKind.WORKING_GROUP)]
    named = next((u for u in county if any(w in u.name for w in sector)), None)
    found: list[Unit | None] = [
        nearest(UnitKind.VILLAGE),
        nearest(UnitKind.TOWNSHIP),
        named or nearest(UnitKind.WORKING_GROUP),
        nearest(UnitKind.HEADQUARTERS),
    ]
    for step in (2, 1, 0):
        found[step] = found[step] or found[step + 1]
    for step in (1, 2, 3):
        found[step] = found[step] or found[step - 1]
    return tuple(u for u in found if u is not None) if all(found) else ()


def chief(scope: Scope, unit: UUID, at: datetime) -> Posting | None:
    """Who answers for a unit at `at`: the first present holder of its posts by rank, A before B."""
    there = Posting.objects.filter(held(at), scope.inside(), post__unit=unit, member__is_active=True)
    away = Q(absent_from__lte=at) & (Q(absent_until__isnull=True) | Q(absent_until__gt=at))
    return there.exclude(away).select_related("member", "post").order_by("post__rank", "is_deputy", "id").first()


def unit_of_member(scope: Scope, member_: UUID, at: datetime) -> Unit | None:
    """The unit a member serves in: that of the widest post."""
    there = list(Posting.objects.filter(held(at), scope.inside(), member=member_).select_related("post__unit"))
    return min(there, key=lambda p: (len(p.path), p.post.rank)).post.unit if there else None


def posts_at(scope: Scope, places: Collection[UUID]) -> QuerySet[Post]:
    """Posts that stand at these places."""
    return Post.objects.filter(scope.inside(), place__in=list(places)).select_related("unit").order_by("rank", "title")


def phones(scope: Scope) -> QuerySet[Phone]:
    """Phones in the field, those heard last first."""
    return Phone.objects.filter(scope.inside()).select_related("member").order_by("-heard_at", "id")


def phone(scope: Scope, id_: UUID) -> Phone | None:
    """One phone."""
    return phones(scope).filter(id=id_).first()


def silent_phones(scope: Scope, *, heard_before: datetime, heard_after: datetime) -> QuerySet[Phone]:
    """Phones not heard for long whose silence nobody was told of. One forgotten in a drawer is no alarm: that is
    what `heard_after` is for."""
    found = phones(scope).filter(heard_at__lt=heard_before, heard_at__gt=heard_after, silent_at__isnull=True)
    return found.order_by("heard_at", "id")
