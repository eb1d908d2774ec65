/**
 * A broker on a directory of files, as an example of a transport that a third party writes. {@code
 * docs/writing-a-transport.md} is its story; it needs nothing but the vocabulary and the SPI.
 *
 * <p>{@code files:///var/lib/mail} is a broker for any number of processes of one machine. A message is a file, and
 * every step of its life is one atomic rename:
 *
 * <pre>
 *   transload-files             marks the directory, and names its format
 *   tmp/                        files and folders that are being written
 *   topics/orders/              its shape, and in groups/ a file named after each group
 *   places/email-queue/shape    what the place was declared as
 *     ready/0001…-k3x9-07,0     a message: when it came, who wrote it, and deliveries so far without an outcome
 *     waiting/0001…@0001…,0     one that waits: due when, then its name
 *     claimed/0001…@r7@0001…,0  one that is handled: until when, by whom, then its name
 *   places/~…                   the same, private to a client: a reply inbox, an ephemeral group
 * </pre>
 *
 * <p>A message is sent by a rename into {@code ready}, claimed by one into {@code claimed}, and acknowledged by removing
 * it from there. Who renames first has it; a claim that nobody prolongs goes back to {@code ready}. With {@code fsync}, a
 * send is confirmed when the file and the folder are on the disk; acknowledgements never wait for the disk, so a power
 * failure can bring a handled message back, but loses none.
 */
@NullMarked
package dev.transload.mq.examples.files;

import org.jspecify.annotations.NullMarked;
