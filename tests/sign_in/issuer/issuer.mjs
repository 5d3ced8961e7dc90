// An OpenID Connect issuer at the port of the first argument. Each start makes new keys, which is a rotation.
// It prints a line once it listens. People sign in with any login and any password.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const API = "https://okr.example.com";

function key(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: randomUUID() };
}

const provider = new Provider(issuer, {
  jwks: { keys: [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")] },
  cookies: { keys: [randomUUID()] },
  clients: [
    {
      client_id: "web",
      token_endpoint_auth_method: "none",
      redirect_uris: ["https://app.example.com/callback"],
      grant_types: ["authorization_code", "refresh_token"],
    },
    {
      client_id: "phone",
      application_type: "native",
      token_endpoint_auth_method: "none",
      redirect_uris: ["com.example.app:/callback"],
      grant_types: ["authorization_code", "refresh_token"],
    },
    {
      client_id: "reporting",
      client_secret: "secret-of-reporting",
      redirect_uris: [],
      response_types: [],
      grant_types: ["client_credentials"],
    },
  ],
  claims: { openid: ["sub"], profile: ["name", "groups"], email: ["email", "email_verified"] },
  // ID tokens have the claims themselves.
  conformIdTokenClaims: false,
  scopes: ["openid", "offline_access", "profile", "email", "okr"],
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: () => account(id) }),
  extraTokenClaims: (_context, token) => (token.accountId ? account(token.accountId) : {}),
  ttl: { AccessToken: 300, ClientCredentials: 300, IdToken: 300, RefreshToken: 3600, Grant: 3600, Session: 3600, Interaction: 600 },
  issueRefreshToken: (_context, client, code) => client.grantTypeAllowed("refresh_token") && code.scopes.has("offline_access"),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "okr",
        audience: API,
        accessTokenFormat: "jwt",
        accessTokenTTL: 300,
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
});

function account(id) {
  return {
    sub: id,
    name: id.toUpperCase(),
    email: `${id}@example.com`,
    email_verified: true,
    groups: id === "ada" ? ["okr-admins", "sales"] : ["sales"],
  };
}

provider.listen(port, "127.0.0.1", () => console.log(`listening at ${issuer}`));
