"""Records that may be one person are found, put side by side and decided on the desk."""

from django.test import Client
from django.urls import reverse

from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make


def test_doubles_are_found_and_decided_on_the_desk(db: None) -> None:
    county = make.county()
    make.person(cast.ZHAO)
    make.person(cast.ZHAO._replace(phone="19900000091"), area="991027102001")
    clerk = Client(headers={"Accept-Language": "zh-hans"})
    clerk.force_login(county.wang)
    assert clerk.post(reverse("desk:doubles")).status_code == 302
    page = clerk.get(reverse("desk:doubles")).content.decode()
    assert "赵" in page
    assert cast.ZHAO.name not in page
    with scoped(make.EVERYBODY):
        pair = people_reads.doubles(make.EVERYBODY).get()
    address = reverse("desk:double", args=[pair.id])
    assert cast.ZHAO.id_number not in clerk.get(address).content.decode()
    assert clerk.post(address, {"decision": "same"}).status_code == 302
    with scoped(make.EVERYBODY):
        assert people_reads.persons(make.EVERYBODY).count() == 1
    stranger = Client()
    stranger.force_login(county.chen)
    assert stranger.get(address).status_code == 403
