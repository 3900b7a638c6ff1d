#!/usr/bin/env node
import '../../../scripts/reelay.mjs';
