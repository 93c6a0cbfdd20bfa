/** The game service's own exceptions carry their message as `Message`. */
const ofTheService = { status: 400, messageMember: 'Message', namespace: 'com.amazonaws.gamelift' } as const;
/** What fails before an action is reached is worded by the general front end of the services, as `message`. */
const ofTheFrontEnd = {
  status: 400,
  messageMember: 'message',
  namespace: 'com.amazon.coral.service',
} as const;

const plain = <const Code extends string>(status: number, code: Code) => ({ plain: { status, code } });

/**
 * The errors of the service model and of the front end before it: the HTTP status and the member that holds the message,
 * as an AWS SDK expects them; the namespace that makes the name an absolute shape id; and the plain spelling, a code and
 * the status that it means.
 */
export const wireErrors = {
  ConflictException: { ...ofTheService, ...plain(409, 'CONFLICT') },
  FleetCapacityExceededException: { ...ofTheService, ...plain(409, 'FLEET_CAPACITY_EXCEEDED') },
  GameSessionFullException: { ...ofTheService, ...plain(409, 'GAME_SESSION_FULL') },
  IdempotentParameterMismatchException: { ...ofTheService, ...plain(409, 'IDEMPOTENT_PARAMETER_MISMATCH') },
  InternalServiceException: { ...ofTheService, status: 500, ...plain(500, 'INTERNAL_ERROR') },
  InvalidFleetStatusException: { ...ofTheService, ...plain(409, 'INVALID_FLEET_STATUS') },
  InvalidGameSessionStatusException: { ...ofTheService, ...plain(409, 'INVALID_GAME_SESSION_STATUS') },
  InvalidRequestException: { ...ofTheService, ...plain(400, 'VALIDATION_ERROR') },
  LimitExceededException: { ...ofTheService, ...plain(429, 'LIMIT_EXCEEDED') },
  NotFoundException: { ...ofTheService, ...plain(404, 'NOT_FOUND') },
  NotReadyException: { ...ofTheService, ...plain(409, 'NOT_READY') },
  TaggingFailedException: { ...ofTheService, ...plain(400, 'TAGGING_FAILED') },
  TerminalRoutingStrategyException: { ...ofTheService, ...plain(409, 'TERMINAL_ROUTING_STRATEGY') },
  UnauthorizedException: { ...ofTheService, ...plain(401, 'UNAUTHORIZED') },
  UnsupportedRegionException: { ...ofTheService, ...plain(400, 'UNSUPPORTED_REGION') },

  UnknownOperationException: { ...ofTheFrontEnd, ...plain(404, 'UNKNOWN_OPERATION') },
  /** An operation of the service model that is not offered here. */
  ApiNotSupportedException: { ...ofTheFrontEnd, ...plain(404, 'OPERATION_NOT_OFFERED') },
  SerializationException: { ...ofTheFrontEnd, ...plain(400, 'VALIDATION_ERROR') },
  MissingAuthenticationTokenException: { ...ofTheFrontEnd, ...plain(401, 'MISSING_AUTHENTICATION') },
  IncompleteSignatureException: { ...ofTheFrontEnd, ...plain(401, 'INCOMPLETE_SIGNATURE') },
  InvalidSignatureException: { ...ofTheFrontEnd, ...plain(401, 'INVALID_SIGNATURE') },
  UnrecognizedClientException: { ...ofTheFrontEnd, ...plain(401, 'UNKNOWN_ACCESS_KEY') },
  AccessDeniedException: { ...ofTheFrontEnd, ...plain(403, 'ACCESS_DENIED') },
  ThrottlingException: { ...ofTheFrontEnd, ...plain(429, 'THROTTLED') },
} as const;

export type WireErrorName = keyof typeof wireErrors;

/** An error as it goes to the caller, in whatever spelling the request came. */
export type WireError = { readonly name: WireErrorName; readonly message: string };
