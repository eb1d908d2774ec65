/** Tests that hold the arrows between packages and the public surface of every module. */
@NullMarked
package dev.transload.mq.architecture;

import org.jspecify.annotations.NullMarked;
