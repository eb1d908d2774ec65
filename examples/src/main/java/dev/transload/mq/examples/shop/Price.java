package dev.transload.mq.examples.shop;

/** What it costs. */
record Price(String article, int cents) {}
