#include "support/small_session.inc"
