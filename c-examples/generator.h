/*
 * generator.h: generators in plain C.
 *
 * A generator is a function that can stop in the middle, say what it waits for, and go on from there
 * when it is called again. Between two calls it lives in a struct of its own: `struct generator` keeps
 * the line to go on from, and whatever must survive a stop is a member beside it. Local variables do
 * not survive. The line is found again by a switch over the whole body, so a body must not stop inside a
 * switch of its own, nor twice on one line.
 *
 * It knows no loop: who calls a generator again, and when, is decided elsewhere. Read next: coroutine.c.
 */
#ifndef GENERATOR_H
#define GENERATOR_H

/* What a generator says when it stops. */
enum waits_for
{
  NOTHING,    /* it is finished */
  A_TURN,     /* any time will do, when nothing else is to be done */
  WRITABLE    /* the socket has room */
};

struct generator
{
  int line;   /* 0: at the beginning */
};

#define GENERATOR_BEGIN(self) switch ((self)->line) { case 0:

#define YIELD(self, what) do { (self)->line = __LINE__; return (what); case __LINE__:; } while (0)

/* Stops wherever the inner generator stops, for the same reason, until that one is finished. */
#define DELEGATE(self, what, inner) while (((what) = (inner)) != NOTHING) YIELD (self, what)

#define GENERATOR_END(self) } (self)->line = 0; return NOTHING

#endif
