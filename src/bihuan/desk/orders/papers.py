"""The written notice of an order as a paper. It bears the person's name: making it is a journalled look."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.adapters import documents
from bihuan.desk.inside import Request, act, as_uuid, found, page
from bihuan.ledgers.orders import notice
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import DutyKind
from bihuan.ledgers.people import access


@page("see_orders", methods="POST")
def paper(request: Request, id_: UUID) -> HttpResponse:
    """The notice of an order, of its longer end, or of its release, as .docx or .pdf."""
    visit = request.visit
    order = found(orders_reads.order(visit.scope, id_))
    found(order.notice_number)
    suffix = f".{request.POST.get('format', '')}"
    found(suffix in documents.LETTER_SUFFIXES or None)
    if order.person_id:
        looked = act(request, "reveal_person", subject=f"person:{order.person_id}", reason="notice")
        if looked.status == "refused":
            return redirect("desk:order", id_)
    wanted = as_uuid(request.POST.get("extension", ""))
    longer = orders_reads.extension(visit.scope, wanted) if wanted else None
    released = orders_reads.release(visit.scope, id_) if request.POST.get("release") else None
    tests = orders_reads.duties(visit.scope, id_).filter(kind=DutyKind.TEST).count()
    if released is not None:
        body, number = notice.release_paragraphs(order, released), released.notice_number
        signed_at, issuer = released.decided_at, released.issuer_post
    else:
        body = notice.paragraphs(order, tests=tests, extension=longer)
        number, signed_at = (longer or order).notice_number, (longer or order).signed_at
        issuer = (longer or order).issuer_post
    if order.person_id and released is None and visit.actor.may("make_access_code"):
        body = [*body, *_own_page(request, order.person_id)]
    made = documents.Letter(
        title=notice.title(order, extension=longer, release=released),
        addressee=order.person.name if order.person else _("社会公众"),
        body=tuple(body),
        issuer=issuer,
        head=issuer.split(" ")[0],
        number=number or "",
        signed_on=timezone.localdate(signed_at),
        contact=_("送达人：＿＿＿＿　签收人：＿＿＿＿　时间：＿＿＿＿"),
    )
    locale = "en" if (get_language() or "").startswith("en") else "zh"
    response = HttpResponse(
        documents.render_letter(made, suffix, locale=locale), content_type=documents.CONTENT_TYPES[suffix]
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{order.id}{suffix}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _own_page(request: Request, person: UUID) -> list[str]:
    """How the one bound sees this decision, objects and asks for help: a code on the paper itself."""
    answer = act(request, "make_access_code", person=person)
    if not answer.result:
        return []
    words = {"code": access.code_of(UUID(answer.result["access_code"])), "page": request.build_absolute_uri("/me/")}
    return [
        _("凭查询码 %(code)s 可在 %(page)s 查看本决定和检测结果、提出异议、求助；没有手机的，由村（社区）打印。")
        % words
    ]
