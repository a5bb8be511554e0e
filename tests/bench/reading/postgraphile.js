// PostGraphile 5, Amber preset, over the views of peer.sql.  Environment: MODULES (a folder with node_modules), DATABASE, PORT
const { createRequire } = require("node:module");
const { createServer } = require("node:http");
const from = createRequire(require("node:path").resolve(process.env.MODULES, "x.js"));
const { postgraphile } = from("postgraphile");
const { PostGraphileAmberPreset } = from("postgraphile/presets/amber");
const { makePgService } = from("postgraphile/adaptors/pg");
const { grafserv } = from("postgraphile/grafserv/node");

const built = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: process.env.DATABASE, schemas: ["peer"], poolConfig: { max: 10 } })],
  schema: { defaultBehavior: "-connection +list" },
  grafast: { explain: false },
  grafserv: { graphqlPath: "/graphql", graphiql: false, websockets: false, watch: false },
});
(async () => {
  const server = createServer();
  await built.createServ(grafserv).addTo(server);
  server.listen(+process.env.PORT, "127.0.0.1", () => console.log("serving"));
  if (process.env.PRINT_SCHEMA) console.log(from("graphql").printSchema((await built.getSchemaResult()).schema));
})();
