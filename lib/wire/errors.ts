/** The game service's own exceptions carry their message as `Message`. */
const refused = { status: 400, messageMember: 'Message' } as const;
const failed = { status: 500, messageMember: 'Message' } as const;
/** What fails before an action is reached is worded by the general front end of the services, as `message`. */
const turnedAway = { status: 400, messageMember: 'message' } as const;

/** The errors of the service model and of the front end before it: HTTP status, and the member that holds the message. */
export const wireErrors = {
  ConflictException: refused,
  FleetCapacityExceededException: refused,
  GameSessionFullException: refused,
  IdempotentParameterMismatchException: refused,
  InternalServiceException: failed,
  InvalidFleetStatusException: refused,
  InvalidGameSessionStatusException: refused,
  InvalidRequestException: refused,
  LimitExceededException: refused,
  NotFoundException: refused,
  NotReadyException: refused,
  TaggingFailedException: refused,
  TerminalRoutingStrategyException: refused,
  UnauthorizedException: refused,
  UnsupportedRegionException: refused,

  UnknownOperationException: turnedAway,
  /** An operation of the service model that is not offered here. */
  ApiNotSupportedException: turnedAway,
  SerializationException: turnedAway,
  MissingAuthenticationTokenException: turnedAway,
  IncompleteSignatureException: turnedAway,
  InvalidSignatureException: turnedAway,
  UnrecognizedClientException: turnedAway,
  AccessDeniedException: turnedAway,
  ThrottlingException: turnedAway,
} as const;

export type WireErrorName = keyof typeof wireErrors;

/** An error as it goes to the caller, in whatever spelling the request came. */
export type WireError = { readonly name: WireErrorName; readonly message: string };
