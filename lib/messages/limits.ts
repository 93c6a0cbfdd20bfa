/** Numbers that the stack and the description of the API need too. */

/** The most bytes of data that a message has. */
export const maximumMessageBytes = 16 * 1024;

/** The most messages that one read gives: with 16 KiB each they take 2.2 MB in Base64, and Lambda answers with 6 MB. */
export const maximumMessages = 100;

/** The longest that a read waits, in seconds: the gateway gives up after 30. */
export const longestWait = 20;
