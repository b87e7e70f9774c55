from tests.schema.asking import Ask
async def test_all(ask: Ask) -> None:
    for q in ["{ books(first:3){ totalCount nodes { id title subtitle price weight pages printed addedAt status rare shelf { name } place { name worth bookCount parent { name } } loans { nodes { member { name } fine } } currentLoan { lentOn } pagesLeft(read: 3) isNew label salePrice mayBecome } } }",
     "{ places { nodes { bookCount worth shelves { name books { nodes { title } } } books(rare:true,status:LENT) { nodes { title } } } edges { node { bookCount } } } }",
     '{ books(first:3, filter:{price:{gt:"3"}}) { nodes { anon_1: title anon_2: price } } book(title:"Ants") { anon_1: title anon_2: id} }',
     ]:
        r = await ask(q)
        print(r.answer.body.decode()[:1500])
        print(r.codes)
