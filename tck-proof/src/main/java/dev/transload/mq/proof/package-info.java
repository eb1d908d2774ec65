/**
 * The proof of the compatibility kit: transports and engines that are broken on purpose, each of which the kit must
 * catch. All of it is test code.
 */
@NullMarked
package dev.transload.mq.proof;

import org.jspecify.annotations.NullMarked;
