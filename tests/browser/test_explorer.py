"""The explorer in a browser: it works, asks no other site for anything, and gives the key to nobody else."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.pages import FOREIGN_HOST, Visit
from tests.kit.services import Service


@pytest.fixture(params=["graphiql_demo", "plain_demo"])
def explored(request: Any) -> Service:
    """The demo with each form of the explorer."""
    return request.getfixturevalue(request.param)


def printed_url(service: Service) -> str:
    [url] = re.findall(r"^In a browser: (\S+)$", service.greeting(), re.MULTILINE)
    return url


async def assert_quiet(visit: Visit, service: Service) -> None:
    assert visit.sites() - {"data://"} == {service.url}
    assert visit.complaints == []
    assert await visit.violations() == []
    assert await visit.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


async def expect_operation(visit: Visit, name: str) -> None:
    """Waits until the editor of operations holds the one with this name."""
    # Lines on the screen are drawn in animation frames, which a browser without a screen may not get for long.
    editor = visit.page.locator(".graphiql-query-editor").get_by_role("textbox", name="Editor content")
    await expect(editor).to_have_value(re.compile(f"query {name}"))


def authorizations(visit: Visit) -> list[str | None]:
    """What was sent with each operation, in order."""
    return [request.headers.get("authorization") for request in visit.requests if request.method == "POST"]


async def test_graphiql_runs_an_example(visit: Visit, graphiql_demo: Service, key: str) -> None:
    url = printed_url(graphiql_demo)
    await visit.page.goto(url)
    await expect(visit.page.locator(".graphiql-editor-tool")).to_contain_text(f'"Bearer {key[:20]}')
    await visit.page.get_by_role("tab", name="OneGoal").click()
    await expect_operation(visit, "OneGoal")
    await visit.page.get_by_role("button", name=re.compile("^Execute query")).click()
    await expect(visit.page.locator(".result-window")).to_contain_text('"Improve customer satisfaction"')
    assert set(authorizations(visit)) == {f"Bearer {key}"}
    assert visit.page.url == url
    await assert_quiet(visit, graphiql_demo)


async def test_tabs_of_graphiql_stay_where_they_are_when_the_window_changes(
    visit: Visit, graphiql_demo: Service
) -> None:
    await visit.page.goto(printed_url(graphiql_demo))
    for width, name in ((1100, "GoalsAtRisk"), (1300, "OneGoal"), (1200, "RecentChanges")):
        await visit.page.set_viewport_size({"width": width, "height": 800})
        await visit.page.get_by_role("tab", name=name).click()
        await expect_operation(visit, name)


async def test_graphiql_knows_the_schema(visit: Visit, graphiql_demo: Service) -> None:
    await visit.page.goto(printed_url(graphiql_demo))
    await visit.page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(visit.page.locator(".graphiql-plugin")).to_contain_text("Mutation")
    # The document is checked in a worker, which underlines what is wrong.
    await visit.page.get_by_role("button", name="New tab").click()
    await visit.page.locator(".graphiql-query-editor .view-lines").click()
    await visit.page.keyboard.type("{ nothing")
    await expect(visit.page.locator(".graphiql-query-editor .squiggly-error").first).to_be_attached()
    await assert_quiet(visit, graphiql_demo)


async def test_the_plain_page_runs_an_example(visit: Visit, plain_demo: Service, key: str) -> None:
    url = printed_url(plain_demo)
    await visit.page.goto(url)
    await expect(visit.page.get_by_label("API key")).to_have_value(key)
    await expect(visit.page.get_by_label("Operation")).to_be_hidden()
    await visit.page.get_by_label("Example").select_option("One goal")
    await visit.page.get_by_role("button", name="Run").click()
    await expect(visit.page.get_by_role("status")).to_have_text(re.compile(r"^Status 200, \d+ ms$"))
    await expect(visit.page.locator("#answer")).to_contain_text('"title": "Improve customer satisfaction"')
    assert authorizations(visit) == [f"Bearer {key}"]
    assert visit.page.url == url
    await assert_quiet(visit, plain_demo)


async def test_the_plain_page_runs_one_of_several_operations(visit: Visit, plain_demo: Service) -> None:
    page = visit.page
    await page.goto(printed_url(plain_demo))
    await page.get_by_label("Example").select_option("Check in")
    await page.get_by_label("Document").press("Control+Enter")
    await expect(page.locator("#answer")).to_contain_text('"title": "Cut repeat visits by 300 a week"')
    await page.get_by_label("Operation").select_option("CheckIn")
    await page.get_by_label("Variables").fill("{")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_role("status")).to_contain_text("The variables are not JSON: ")
    await page.get_by_label("Variables").fill('{"keyResultId": "nothing"}')
    await page.get_by_role("button", name="Run").click()
    await expect(page.locator("#answer")).to_contain_text('"userErrors"')
    await assert_quiet(visit, plain_demo)


async def test_the_plain_page_shows_a_refusal(visit: Visit, plain_demo: Service) -> None:
    await visit.page.goto(printed_url(plain_demo))
    await visit.page.get_by_label("API key").fill("")
    await visit.page.get_by_role("button", name="Run").click()
    await expect(visit.page.get_by_role("status")).to_contain_text("Status 401")
    await expect(visit.page.locator("#answer")).to_contain_text('"UNAUTHENTICATED"')


async def test_under_a_foreign_name_the_key_is_not_in_the_page(visit: Visit, explored: Service, key: str) -> None:
    port = explored.url.rpartition(":")[2]
    response = await visit.page.goto(f"http://{FOREIGN_HOST}:{port}/graphql")
    assert response is not None
    assert response.status == 200
    text = await response.text()
    assert "okrgraph explorer" in text
    assert key not in text
    assert key not in await visit.page.content()


async def test_links_of_the_front_page_lead_to_the_explorer_and_the_schema(visit: Visit, explored: Service) -> None:
    await visit.page.goto(f"{explored.url}/")
    await expect(visit.page.get_by_role("heading")).to_have_text("okrgraph")
    await visit.page.get_by_role("link", name="Explorer").click()
    await expect(visit.page).to_have_title("okrgraph explorer")
    await visit.page.go_back()
    assert visit.complaints == []
    await visit.page.get_by_role("link", name="Schema").click()
    await expect(visit.page.locator("body")).to_contain_text("type Query")
    assert visit.page.url == f"{explored.url}/schema.graphql"
    assert visit.sites() - {"data://"} == {explored.url}
