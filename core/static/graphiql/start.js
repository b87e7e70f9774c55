let token = "";

// Whoever signs in here need not copy the token: it goes with all that follows, unless "Headers" below has one.
const authorization = (headers) =>
  token && !Object.keys(headers).some((name) => name.toLowerCase() === "authorization")
    ? { authorization: `Bearer ${token}` }
    : {};

const fetcher = async (parameters, options) => {
  const headers = options?.headers ?? {};
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json",
      ...authorization(headers),
      ...headers,
    },
    body: JSON.stringify(parameters),
  });
  const told = await answer.json();
  token = told.data?.signIn?.accessToken ?? token;
  return told;
};

fetch("/graphiql/tabs.json")
  .then((answer) => answer.json())
  .then((defaultTabs) =>
    ReactDOM.createRoot(document.getElementById("graphiql")).render(
      React.createElement(GraphiQL, { fetcher, defaultTabs, shouldPersistHeaders: true }),
    ),
  );
