"""The menu leads nobody to a page that refuses them, and hides no page somebody may open."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.desk.menu import MENU
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

DESK_ROLES = [
    role for role in Role if role not in (Role.SYSTEM, Role.CHECKPOINT, Role.SAMPLER, Role.COURIER, Role.REPORTER)
]


@pytest.mark.parametrize("role", DESK_ROLES)
def test_the_menu_of_a_role_is_what_the_role_may_open(db: None, role: Role) -> None:
    make.county()
    with scoped(make.EVERYBODY):
        unit = make.unit("县某局", UnitKind.DEPARTMENT, make.COUNTY)
        member = make.serves(cast.Staff("韩某", "han", "somebody"), make.post(unit, "某岗", role))
    client = Client()
    client.force_login(member)
    page = client.get("/").content.decode()
    menu = page[page.index('id="menu"') : page.index("</aside>")]
    for item in MENU:
        address = reverse(item.url_name)
        assert (f'href="{address}"' in menu) == (client.get(address, follow=True).status_code == 200), item.url_name
