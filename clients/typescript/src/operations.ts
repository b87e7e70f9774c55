/** Every operation of this program; `npm run generate` gives each the types of its variables and its answer. */
import { graphql } from "./gql/gql.js";

export const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) { accessToken refreshToken errors { code path message } }
  }
`);

export const Refresh = graphql(`
  mutation Refresh($input: RefreshSessionInput!) {
    refreshSession(input: $input) { accessToken refreshToken errors { code path message } }
  }
`);

export const Village = graphql(`
  query Village($code: String!, $product: String!, $officer: String!) {
    location(code: $code, level: VILLAGE) { id name }
    product(code: $product) { id name lumpSum }
    enrolmentOfficer(code: $officer) { id }
  }
`);

export const SearchFamilies = graphql(`
  query SearchFamilies($filter: FamilyFilter, $first: Int) {
    families(filter: $filter, first: $first) {
      nodes { id memberCount head { lastName otherNames insuranceNumber } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const CreateFamily = graphql(`
  mutation CreateFamily($input: CreateFamilyInput!) {
    createFamily(input: $input) { family { id memberCount } errors { code path message } }
  }
`);

export const Enrol = graphql(`
  mutation Enrol($input: EnrolPolicyInput!) {
    enrolPolicy(input: $input) { policy { id status value } errors { code path message } }
  }
`);

export const CreateClaim = graphql(`
  mutation CreateClaim($input: CreateClaimInput!) {
    createClaim(input: $input) { claim { id code status claimed } errors { code path message } }
  }
`);

export const ClaimsPage = graphql(`
  query ClaimsPage($first: Int!, $after: String) {
    claims(first: $first, after: $after, orderBy: [{ field: CODE }]) {
      nodes { id code status claimed }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);
