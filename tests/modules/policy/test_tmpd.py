from core.migrate import drift
async def test_drift(host):
    d = await drift(host)
    assert d == {}, d
