const welcome = `# Welcome to Bima. Press the play button to see which modules are on.
# After signing in, put the access token into "Headers" below:
#   { "Authorization": "Bearer ..." }

{
  modules {
    name
    title
    version
  }
}
`;

const fetcher = async (parameters, options) => {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json",
      ...options?.headers,
    },
    body: JSON.stringify(parameters),
  });
  return answer.json();
};

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: welcome, shouldPersistHeaders: true }),
);
