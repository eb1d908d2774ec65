/** Moves messages to and from RabbitMQ over AMQP 0.9.1. */
@NullMarked
package dev.transload.mq.rabbitmq;

import org.jspecify.annotations.NullMarked;
