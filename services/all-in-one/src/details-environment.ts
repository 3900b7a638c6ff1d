import { createServer, type AddressInfo } from 'node:net';

type Environment = Record<string, string | undefined>;

/**
 * Where the ingestor gets details of users and movies: what the environment names; beside the simulator also its API, by the
 * same setting that a course team uses, on `API_PORT` or a free port.
 */
export async function detailsEnvironment(
  environment: Environment,
  { simulator }: { simulator: boolean },
): Promise<Record<string, string>> {
  const files = given(environment, ['USERS_FILE', 'MOVIES_FILE']);
  if (!simulator || environment.API_PORT === 'off') return files;
  const port = environment.API_PORT || String(await freePort());
  const own = given(environment, ['DETAILS_API_URL', 'USER_API_URL', 'MOVIE_API_URL']);
  const named = Object.keys(own).length > 0;
  return { ...files, API_PORT: port, ...(!named && { DETAILS_API_URL: `http://127.0.0.1:${port}` }) };
}

const given = (environment: Environment, names: string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
