package dev.transload.mq.examples;

/** A welcome e-mail. Payloads are plain types; records become JSON. */
public record Email(String to, String subject, String body) {}
