from datetime import date

from generation.llm.ledger import MemoryLedger, Spent

MONDAY, TUESDAY = date(2027, 1, 18), date(2027, 1, 19)


async def test_a_day_ends_at_its_budget_and_the_next_begins_at_nothing() -> None:
    book = MemoryLedger()
    assert await book.set_aside(MONDAY, 60, 100)
    assert not await book.set_aside(MONDAY, 41, 100)
    assert await book.set_aside(MONDAY, 40, 100)
    assert await book.set_aside(TUESDAY, 100, 100)
    await book.settle(MONDAY, 60, Spent("a", "m", 1, 1, 10, "valid"))
    assert book.sums == {MONDAY: 50, TUESDAY: 100}
