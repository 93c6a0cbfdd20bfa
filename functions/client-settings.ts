/**
 * What Lambda's environment settles anyway. Said to each client, so that none looks for it in files that a function does
 * not have (docs/adr/0006).
 */
export const clientSettings = (region: string) =>
  ({
    region,
    defaultsMode: 'standard',
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
  }) as const;
