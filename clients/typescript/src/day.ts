/** A day of a scheme: a family is looked for, registered and enrolled; a facility claims and pages through its claims. */
import { randomUUID } from "node:crypto";

import { Client, type UserError } from "./client.js";
import { ClaimsPage, CreateClaim, CreateFamily, Enrol, SearchFamilies, Village } from "./operations.js";

const address = process.argv[2] ?? "http://127.0.0.1:8000";
const password = process.env.BIMA_DEMO_PASSWORD ?? "karibu-bima";

/** Ends the day when somebody would have to mend something; a front end shows `message` beside the input at `path`. */
function fine(errors: readonly UserError[]): void {
  if (errors.length > 0) throw new Error(errors.map((error) => `${error.path.join(".")}: ${error.message}`).join("; "));
}

function found<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`${what} did not come back`);
  return value;
}

const officer = new Client(address);
const wrong = await officer.signIn("officer", "not the password");
if (wrong.length === 0) throw new Error("a wrong password was taken");
fine(await officer.signIn("officer", password));

const place = await officer.ask(Village, { code: "2530702", product: "CHF25", officer: "E00001" });
const village = found(place.location, "the village");
const before = await officer.ask(SearchFamilies, { filter: { location: { eq: village.id } }, first: 10 });

// Tried again with the same clientMutationId, as after a lost answer: there is one family.
const input = {
  clientMutationId: randomUUID(),
  locationId: village.id,
  head: { insuranceNumber: "070707070", lastName: "Massawe", otherNames: "Elia", birthDate: "1986-04-12", genderCode: "M" },
};
const { createFamily } = await officer.ask(CreateFamily, { input });
fine(createFamily.errors);
const family = found(createFamily.family, "the family");
const again = await officer.ask(CreateFamily, { input });
if (again.createFamily.family?.id !== family.id) throw new Error("a repeated mutation made a second family");

const taken = await officer.ask(CreateFamily, { input: { ...input, clientMutationId: randomUUID() } });
if (taken.createFamily.family || taken.createFamily.errors.length === 0) throw new Error("a number was given twice");
if (taken.createFamily.errors[0]?.path.at(-1) !== "insuranceNumber") throw new Error("the error does not say where");

const after = await officer.ask(SearchFamilies, { filter: { location: { eq: village.id } }, first: 10 });
if (after.families.nodes.length !== before.families.nodes.length + 1) throw new Error("the family is not found");

await officer.refresh();
const { enrolPolicy } = await officer.ask(Enrol, {
  input: {
    clientMutationId: randomUUID(),
    familyId: family.id,
    productId: found(place.product, "the product").id,
    officerId: found(place.enrolmentOfficer, "the officer").id,
  },
});
fine(enrolPolicy.errors);

const facility = new Client(address, "sw");
fine(await facility.signIn("claims", password));
const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Africa/Dar_es_Salaam" }).format(new Date());
for (const code of ["TS-1", "TS-2", "TS-3"]) {
  const { createClaim } = await facility.ask(CreateClaim, {
    input: {
      clientMutationId: randomUUID(),
      code,
      healthFacilityCode: "253-D1",
      insuranceNumber: "070707070",
      dateFrom: today,
      mainDiagnosisCode: "B54",
      services: [{ serviceCode: "A1", quantityProvided: "1" }],
    },
  });
  fine(createClaim.errors);
}

const codes: string[] = [];
let cursor: string | null | undefined;
do {
  const { claims } = await facility.ask(ClaimsPage, { first: 2, after: cursor });
  codes.push(...claims.nodes.map((claim) => claim.code));
  cursor = claims.pageInfo.hasNextPage ? claims.pageInfo.endCursor : null;
} while (cursor);

console.log(JSON.stringify({ policy: enrolPolicy.policy, codes }));
