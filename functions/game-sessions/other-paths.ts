import type { HttpRequest } from '#functions/http.ts';
import { type Refused, refused } from './answer.ts';
import { routeKeys } from './paths.ts';

/** Answers a request below /sessions for which there is no route: by the methods that its path has, if it is a path at all. */
export function noSuchRoute({ method, path }: Pick<HttpRequest, 'method' | 'path'>): Refused {
  const methods = routeKeys.flatMap((key) => {
    const [known = '', template = ''] = key.split(' ');
    return matches(template, path) ? [known] : [];
  });
  return methods.length === 0
    ? refused('NOT_FOUND', 'There is no such path: GET /openapi.json describes those that there are.')
    : refused('NOT_FOUND', `This path does not take ${method}. It takes ${methods.join(', ')}.`, {
        headers: { allow: methods.join(', ') },
      });
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((segment, i) => (segment.startsWith('{') ? given[i] !== '' : segment === given[i]))
  );
}
