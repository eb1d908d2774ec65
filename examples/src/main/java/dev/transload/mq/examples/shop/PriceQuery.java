package dev.transload.mq.examples.shop;

/** What does it cost? */
record PriceQuery(String article) {}
